import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindTesting

@Suite struct `A server that breaks the rules` {
    /// What asking a server that answers with `wire` and closes leads to.
    private func asking(_ wire: String, _ method: HTTPMethod = .get) async throws -> (HTTPStatus, String) {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send(wire)
        } _: { url, _ in
            try await withClient { client in
                let response = try await client.send(ClientRequest(method, url))
                return (response.status, try await response.text)
            }
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"),
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", "hello"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"),
        ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "ok"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more than was announced", "ok"),
    ])
    func `is understood while it keeps to the grammar`(wire: String, expected: String) async throws {
        #expect(try await asking(wire) == (.ok, expected))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n", "220 mail.example.com ready\r\n", "\u{0}\u{1}\u{2}",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 20),
        "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `is refused when it does not`(wire: String) async throws {
        let error = await #expect(throws: ClientError.self) { try await asking(wire) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error)) for \(wire.prefix(60))")
            return
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ])
    func `closing in the middle is an error, never a short answer`(wire: String) async throws {
        await #expect(throws: ClientError.connectionClosed) { try await asking(wire) }
    }

    @Test func `HEAD and 304 have no content whatever they announce`() async throws {
        #expect(try await asking("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .head) == (.ok, ""))
        #expect(try await asking("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n") == (.notModified, ""))
    }

    @Test func `is answered at any pace`() async throws {
        let wire = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        let text = try await withPeer { caller in
            try await caller.head()
            for byte in wire.utf8 {
                try await caller.send([byte])
                await Task.yield()
            }
            try await caller.silence()
        } _: { url, _ in
            try await withClient { try await $0.get(url).text }
        }
        #expect(text == "hello")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok?",
    ])
    func `whose connection cannot be trusted further gets a new one`(wire: String) async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send(wire)
            try await caller.silence()
        } _: { url, connections in
            try await withClient { client in
                for _ in 1...3 {
                    let text = try await client.get(url).text
                    #expect(text == "ok")
                }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
            #expect(connections() == 3)
        }
    }

    @Test func `a refusal that comes before the body has left is the answer`() async throws {
        let answer = try await withPeer { caller in
            try await caller.head()
            try await caller.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!")
            try await caller.silence()
        } _: { url, _ in
            try await withClient { client in
                let body = [ClientRequestBody.bytes([UInt8](repeating: 1, count: 50 << 20)), .endless]
                return try await body.asyncMap { body in
                    let response = try await client.send(ClientRequest(.post, url, body: body))
                    let text = try await response.text
                    #expect(await client.connections() == (idle: 0, busy: 0))
                    return "\(response.status.code) \(text)"
                }
            }
        }
        #expect(answer == ["413 no!", "413 no!"])
    }

    @Test func `a producer that gives up ends the request and says why`() async throws {
        struct Empty: Error {}
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient { client in
                let body = ClientRequestBody.stream(length: nil) { writer in
                    try await writer.write("part")
                    throw Empty()
                }
                await #expect(throws: Empty.self) { try await client.send(ClientRequest(.post, url, body: body)) }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
        }
    }

    @Test(arguments: [3, 5]) func `a body of another length than announced is not passed off as whole`(
        written: Int
    ) async throws {
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient { client in
                let body = ClientRequestBody.stream(length: 4) { writer in
                    for _ in 0..<written { try await writer.write("x") }
                }
                await #expect(throws: ClientError.wrongBodyLength) {
                    try await client.send(ClientRequest(.post, url, body: body))
                }
            }
        }
    }
}

extension ClientRequestBody {
    /// Goes on until the server stops it.
    static let endless = ClientRequestBody.stream(length: nil) { writer in
        while true { try await writer.write([UInt8](repeating: 1, count: 64 * 1024)) }
    }
}

extension Array {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var mapped: [T] = []
        for element in self { mapped.append(try await transform(element)) }
        return mapped
    }
}
