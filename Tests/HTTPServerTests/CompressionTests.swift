import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindReactor

private let compressible = (0..<40).map { "{\"symbol\":\"BTC-USD\",\"number\":\($0)}" }.joined(separator: ",")
private let long = (0..<4_000).map { "{\"symbol\":\"BTC-USD\",\"number\":\($0)}" }.joined(separator: ",")

@Suite struct `Compression of answers` {
    @Test(arguments: [compressible, long])
    func `gives who accepts gzip the same text in fewer bytes`(text: String) async throws {
        let answer = try await get(Response(contentType: .json, body: .text(text)), accepting: "gzip, br")
        #expect(answer.head.field("Content-Encoding") == "gzip")
        #expect(answer.head.field("Vary") == "Accept-Encoding")
        #expect(answer.body.count < text.utf8.count / 2)
        #expect(try gunzip(answer.body.span, limit: 1 << 20) == Array(text.utf8))
    }

    @Test(
        arguments: [
            ("br;q=1, gzip;q=0.2", true), ("*", true), ("x-gzip", true), ("GZIP;q=1.0", true), ("gzip;q=0", false),
            ("identity", false), ("*;q=0", false), ("gzip;q=0, *", false), ("br", false), (nil, false),
        ] as [(String?, Bool)])
    func `is for those whose Accept-Encoding allows it`(accepting: String?, isCoded: Bool) async throws {
        let answer = try await get(Response(contentType: .json, body: .text(compressible)), accepting: accepting)
        #expect((answer.head.field("Content-Encoding") == "gzip") == isCoded)
        #expect(answer.head.field("Vary") == "Accept-Encoding")
        if !isCoded { #expect(answer.body == Array(compressible.utf8)) }
    }

    @Test func `leaves alone what is small, coded already, a part, or no text`() async throws {
        let alone = [
            Response(contentType: .text, body: .text(String(repeating: "a", count: 1023))),
            Response(contentType: .binary, body: .text(compressible)),
            Response(contentType: nil, body: .text(compressible)),
            Response(contentType: .text, headers: ["Content-Encoding": "br"], body: .text(compressible)),
            Response(contentType: .text, headers: ["Cache-Control": "no-transform"], body: .text(compressible)),
            Response(.partialContent, contentType: .text, body: .text(compressible)),
        ]
        for response in alone {
            let answer = try await get(response, accepting: "gzip")
            #expect(answer.head.field("Content-Encoding") != "gzip" && answer.head.field("Vary") == nil)
        }
    }

    @Test func `leaves alone what would not get smaller, but says that it varies`() async throws {
        let noise = (0..<5_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) ^ UInt8($0 & 0xFF) }
        let answer = try await get(.bytes(try gzip(noise.span) + noise, .text), accepting: "gzip")
        #expect(answer.head.field("Vary") == "Accept-Encoding")
    }

    @Test(
        arguments: [
            ("ETag", "\"v1\"", "W/\"v1\""), ("ETag", "W/\"v1\"", "W/\"v1\""),
            ("Vary", "Origin", "Origin, Accept-Encoding"), ("Vary", "accept-encoding", "accept-encoding"),
            ("Vary", "*", "*"),
        ]) func `keeps the fields true`(name: String, before: String, after: String) async throws
    {
        var response = Response(contentType: .text, body: .text(compressible))
        response.headers.add(HeaderName(stringLiteral: name), before)
        #expect(try await get(response, accepting: "gzip").head.field(name) == after)
    }

    @Test func `shows in the answer to HEAD as in that to GET`() async throws {
        let response = Response(contentType: .text, body: .text(compressible))
        let (get, head) = (
            try await get(response, accepting: "gzip"), try await get(response, accepting: "gzip", method: "HEAD")
        )
        for name in ["Content-Length", "Content-Encoding", "Vary"] {
            #expect(head.head.field(name) == get.head.field(name))
        }
        #expect(head.body.isEmpty && get.body.count == Int(get.head.field("Content-Length") ?? ""))
    }

    @Test func `of large answers is left out where there are no workers`() async throws {
        let answer = try await withServer({ _ in Response(contentType: .json, body: .text(long)) }) {
            try await $0.exchange("GET / HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
        }
        #expect(answer.field("Content-Encoding") == nil && answer.hasSuffix(long))
    }

    @Test func `uses one state for one answer after the other`() async throws {
        let texts = (0..<20).map { String(repeating: "answer \($0) ", count: 200) }
        for text in texts {
            let answer = try await get(Response(contentType: .text, body: .text(text)), accepting: "gzip")
            #expect(try gunzip(answer.body.span, limit: 1 << 20) == Array(text.utf8))
        }
    }

    private func get(
        _ response: Response, accepting: String?, method: String = "GET"
    ) async throws -> (head: String, body: [UInt8]) {
        let field = accepting.map { "Accept-Encoding: \($0)\r\n" } ?? ""
        let answer = try await withWorkers { _ in
            response
        } _: {
            try await $0.bytes("\(method) / HTTP/1.1\r\nHost: test\r\n\(field)Connection: close\r\n\r\n")
        }
        let end = try #require((3..<answer.count).first { answer[($0 - 3)...$0].elementsEqual("\r\n\r\n".utf8) })
        return (String(decoding: answer[...end], as: UTF8.self), Array(answer[(end + 1)...]))
    }
}

/// A server that has workers.
func withWorkers<Result: Sendable>(
    _ handler: @escaping Handler, _ body: @escaping @Sendable (Site) async throws -> Result
) async throws -> Result {
    let group = try EventLoopGroup(count: 1)
    let workers = WorkerPool(threads: 2, queueLimit: 100)
    defer {
        group.shutDown()
        workers.shutDown()
    }
    let loop = group.loops[0]
    let server = HTTPServer(HandlerResponder(handler), on: group, workers: workers)
    return try await Task(executorPreference: loop) {
        let loopback = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let address = try await server.listen(on: loopback)
        let result = try await body(Site(server: server, address: address, loop: loop))
        await server.stop(within: .zero)
        return result
    }.value
}

extension Site {
    /// Everything that comes back until the server closes.
    func bytes(_ request: String) async throws -> [UInt8] {
        let socket = try await loop.connect(to: [address], timeout: .seconds(60))
        defer { socket.close() }
        _ = try unsafe Array(request.utf8).withUnsafeBytes { try unsafe socket.tryWrite($0) }
        var received = ByteBuffer(capacity: 4096)
        while let count = try? await socket.read(into: &received, atLeast: 64 * 1024), count > 0 {}
        return unsafe Array(received.bytes)
    }
}
