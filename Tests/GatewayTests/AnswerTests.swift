import Gateway
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindHTTPServer
import TradewindLocks
import TradewindTesting

@Suite struct `An answer through the gateway` {
    /// What the gateway makes of an answer, byte for byte as the service gives it.
    private func answer(
        _ text: String, to method: HTTPMethod = .get,
        _ body: @escaping @Sendable (ClientResponse) async throws -> Void
    ) async throws {
        try await withPeer { service in
            try await service.head()
            try await service.send(text)
        } _: { url, _ in
            try await Front.open(at: [url]) { front in try await body(try await front.ask(method, "/api/orders")) }
        }
    }

    @Test func `keeps status, fields and body`() async throws {
        try await answer(
            "HTTP/1.1 418 x\r\nContent-Type: a/b\r\nX-Mine: 1\r\nset-cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nhi"
        ) { answer in
            #expect(answer.status.code == 418)
            #expect(answer[.contentType] == "a/b")
            #expect(answer["x-mine"] == "1")
            #expect(answer.headers.all(.setCookie) == ["a", "b"])
            let text = try await answer.read()
            #expect(text == "hi")
        }
    }

    @Test func `leaves behind what is about the connection, and what the connection names`() async throws {
        try await answer(
            """
            HTTP/1.1 200 OK\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\n\
            Proxy-Authenticate: x\r\nX-Request-Id: theirs\r\nContent-Length: 0\r\nX-Stays: 1\r\n\r\n
            """
        ) { answer in
            for name in ["x-hop", .keepAlive, .upgrade, .proxyAuthenticate] as [HeaderName] {
                #expect(answer[name] == nil, "\(name)")
            }
            #expect(answer["x-stays"] == "1")
            #expect(answer.headers.all(.xRequestID).count == 1 && answer[.xRequestID] != "theirs")
        }
    }

    @Test func `in chunks arrives in chunks, without its trailers`() async throws {
        try await answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n"
        ) { answer in
            #expect(answer[.transferEncoding] == "chunked")
            #expect(answer["x-sum"] == nil && answer[.trailer] == nil)
            let text = try await answer.read()
            #expect(text == "abcde")
        }
    }

    @Test func `that ends with its connection arrives whole`() async throws {
        try await answer("HTTP/1.1 200 OK\r\n\r\nto the end") { answer in
            let text = try await answer.read()
            #expect(text == "to the end")
        }
    }

    @Test func `to HEAD keeps the length that a GET has`() async throws {
        try await answer("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", to: .head) { answer in
            #expect(answer[.contentLength] == "1234")
            let text = try await answer.read()
            #expect(text == "")
        }
    }

    @Test(arguments: [204, 304]) func `that may have no body has none`(status: Int) async throws {
        try await answer("HTTP/1.1 \(status) x\r\nETag: \"1\"\r\n\r\n") { answer in
            #expect(Int(answer.status.code) == status)
            #expect(answer[.etag] == "\"1\"" && answer[.contentLength] == nil)
            let text = try await answer.read()
            #expect(text == "")
        }
    }

    @Test func `is told from the 1xx before it`() async throws {
        try await answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        {
            let text = try await $0.read()
            #expect(text == "ok")
        }
    }

    @Test(arguments: [true, false]) func `streams ten megabytes back, with and without a length`(
        hasLength: Bool
    ) async throws {
        let size = 10 << 20, piece = [UInt8](repeating: 7, count: 64 << 10)
        try await withServer { _ in
            .stream(.binary, length: hasLength ? size : nil) { writer in
                for _ in 0..<size / piece.count { try await writer.write(piece) }
            }
        } _: { service in
            try await Front.open(at: [service.url]) { front in
                let answer = try await front.ask(.get, "/api/orders")
                #expect(answer[.contentLength] == (hasLength ? "\(size)" : nil))
                let bytes = try await answer.bytes
                #expect(bytes.count == size)
            }
        }
    }

    @Test func `begins before it ends`() async throws {
        let (release, go) = AsyncStream.makeStream(of: Void.self)
        try await withServer { _ in
            .stream(.text) { writer in
                try await writer.write("first")
                for await _ in release { break }
                try await writer.write("last")
            }
        } _: { service in
            try await Front.open(at: [service.url]) { front in
                var pieces = try await front.ask(.get, "/api/orders").body.pieces()
                #expect(try await pieces.next() == Array("first".utf8))
                go.yield()
                #expect(try await pieces.next() == Array("last".utf8))
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n12345", "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nX-Bad : 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le", "",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ]) func `that is broken or could be read in two ways is a 502`(text: String) async throws {
        try await answer(text) { answer in
            #expect(answer.status == .badGateway)
            let text = try await answer.read()
            #expect(text.contains("urn:tradewind:problem:upstream-answer"))
        }
    }

    @Test func `that breaks off is broken off, never made to look complete`() async throws {
        try await answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") { answer in
            await #expect(throws: ClientError.connectionClosed) { try await answer.read() }
        }
        try await answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n") { answer in
            await #expect(throws: ClientError.connectionClosed) { try await answer.read() }
        }
    }
}
