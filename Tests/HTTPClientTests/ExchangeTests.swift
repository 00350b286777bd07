import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindHTTPServer
import TradewindReactor
import TradewindTesting

@Suite struct `Asking a server` {
    /// Says what it was asked.
    private let mirror: Handler = { request in
        let body = String(decoding: try await request.body.collect(), as: UTF8.self)
        let fields = request.head.headers.map { "\($0.name): \($0.value)" }.sorted()
        return .text("\(request.method) \(request.head.target)\n\(fields.joined(separator: "\n"))\n\n\(body)")
    }

    @Test func `a text comes back`() async throws {
        try await withServer({ _ in .text("hello") }) { address in
            let text = try await withClient { try await $0.get(address.url + "/").text }
            #expect(text == "hello")
        }
    }

    @Test func `target, fields and body arrive as given`() async throws {
        try await withServer(mirror) { address in
            let text = try await withClient { client in
                try await client.post(
                    address.url + "/a/b?c=d", headers: ["x-one": "1", .contentType: "text/plain"],
                    body: Array("the body".utf8)
                ).text
            }
            #expect(
                text == """
                    POST /a/b?c=d
                    Content-Length: 8
                    Content-Type: text/plain
                    Host: \(address)
                    x-one: 1

                    the body
                    """)
        }
    }

    @Test func `what would split a request or forge its framing stays harmless`() async throws {
        try await withServer(mirror) { address in
            let text = try await withClient { client in
                var request = try ClientRequest(.get, address.url + "/")
                request.target = "/a b\r\nX-Forged: 1"
                request.headers = [
                    "x-note": "one\r\nX-Forged: 2", .contentLength: "99", .transferEncoding: "chunked",
                    .connection: "x-note", .expect: "100-continue",
                ]
                return try await client.send(request).text
            }
            #expect(
                text == """
                    GET /a%20b%0D%0AX-Forged:%201
                    Host: \(address)
                    x-note: one  X-Forged: 2


                    """)
        }
    }

    @Test func `a task elsewhere is served too`() async throws {
        try await withServer({ _ in .text("hello") }) { address in
            try await withLoops(2) { group in
                let workers = WorkerPool(threads: 1, queueLimit: 8)
                defer { workers.shutDown() }
                let client = HTTPClient(on: group, workers: workers)
                defer { client.shutDown() }
                #expect(try await client.get(address.url).text == "hello")
                let fromMain = try await Task { @MainActor in try await client.get(address.url).text }.value
                #expect(fromMain == "hello")
            }
        }
    }

    @Test func `an actor elsewhere can stream in both directions`() async throws {
        let handler: Handler = { request in
            let body = try await request.body.collect()
            return .stream(.text) { for byte in body { try await $0.write([UInt8](repeating: byte, count: 50_000)) } }
        }
        try await withServer(handler) { address in
            try await withClient { client in
                let count = try await Task { @MainActor in
                    let body = ClientRequestBody.stream(length: nil) { @MainActor writer in
                        for _ in 1...9 { try await writer.write("x") }
                    }
                    return try await client.send(ClientRequest(.post, address.url, body: body)).bytes.count
                }.value
                #expect(count == 450_000)
            }
        }
    }

    @Test func `names are looked up`() async throws {
        try await withServer({ _ in .text("hello") }) { address in
            let text = try await withClient { try await $0.get("http://localhost:\(address.port)/").text }
            #expect(text == "hello")
        }
    }

    @Test func `HEAD has the length without the content`() async throws {
        try await withServer({ _ in .text("hello") }) { address in
            try await withClient { client in
                let response = try await client.send(ClientRequest(.head, address.url))
                #expect(response[.contentLength] == "5")
                #expect(try await response.bytes == [])
                #expect(try await client.get(address.url).text == "hello")
                #expect(await client.connections() == (idle: 1, busy: 0))
            }
        }
    }

    @Test(arguments: [nil, 300_000] as [Int?])
    func `content streams in both directions`(length: Int?) async throws {
        let handler: Handler = { request in
            var sum = 0
            for try await chunk in request.body.chunks() { sum += chunk.count }
            let total = sum
            return .stream(.text, length: length) { writer in
                for _ in 0..<100 { try await writer.write([UInt8](repeating: 0x61, count: total / 100)) }
            }
        }
        var limits = ServerLimits()
        limits.body = 1 << 20
        try await withServer(handler, limits: limits) { address in
            try await withClient { client in
                let body = ClientRequestBody.stream(length: length) { writer in
                    for _ in 0..<300 { try await writer.write([UInt8](repeating: 0x62, count: 1000)) }
                }
                for _ in 0..<3 {
                    let response = try await client.send(ClientRequest(.post, address.url, body: body))
                    #expect(response.body.length == length)
                    #expect(try await response.bytes.count == 300_000)
                }
                #expect(await client.connections() == (idle: 1, busy: 0))
            }
        }
    }

    @Test func `a large body goes out whole`() async throws {
        let handler: Handler = { request in .text("\(try await request.body.collect().count)") }
        var limits = ServerLimits()
        limits.body = 8 << 20
        try await withServer(handler, limits: limits) { address in
            let count = try await withClient { client in
                try await client.post(address.url, body: [UInt8](repeating: 7, count: 5_000_000)).text
            }
            #expect(count == "5000000")
        }
    }

    @Test func `a proxy passes fields on as they came, but for those of the connection`() async throws {
        try await withServer(mirror) { upstream in
            let proxy: Handler = { request in
                let answer = try await withClient { client in
                    var ask = try ClientRequest(.get, upstream.url + "/up")
                    ask.forwarded = ForwardedHeaders(
                        request.head.headers, dropping: HeaderNames.ofRequest.union([.authorization]))
                    ask.headers = [.xForwardedFor: "10.0.0.1"]
                    return try await client.send(ask).text
                }
                return .text(answer)
            }
            try await withServer(proxy) { address in
                let text = try await withClient { client in
                    try await client.get(
                        address.url,
                        headers: ["x-kept": "yes", .authorization: "secret", .te: "trailers", .accept: "*/*"]
                    ).text
                }
                #expect(
                    text == """
                        GET /up
                        Accept: */*
                        Host: \(upstream)
                        X-Forwarded-For: 10.0.0.1
                        x-kept: yes


                        """)
            }
        }
    }

    @Test func `collecting stops at the limit`() async throws {
        try await withServer({ _ in .text(String(repeating: "a", count: 100_000)) }) { address in
            try await withClient { client in
                let response = try await client.get(address.url)
                await #expect(throws: ClientError.tooLarge(limit: 99_999)) {
                    try await response.body.collect(upTo: 99_999)
                }
                #expect(try await client.get(address.url).body.collect(upTo: 100_000).count == 100_000)
            }
        }
    }
}
