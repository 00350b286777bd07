import Gateway
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindHTTPClient
import TradewindHTTPServer
import TradewindReactor
import TradewindSecurity
import TradewindTesting

@Suite struct `A request through the gateway` {
    @Test func `arrives with method, path, query, fields and body`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) { front in
                let answer = try await front.ask(
                    .put, "/api/orders/a%20b/c?x=1&y=%2F", headers: ["x-mine": "yes"], body: .bytes(Array("hello".utf8))
                )
                let text = try await answer.read()
                #expect(answer.status == .ok)
                #expect(text.hasPrefix("PUT /api/orders/a%20b/c?x=1&y=%2F\n"))
                #expect(text.contains("\nx-mine: yes\n"))
                #expect(text.contains("\nhost: \(service)\n"))
                #expect(text.hasSuffix("\n\nhello"))
            }
        }
    }

    @Test func `says whose it is, where it comes from and in whose name`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) { front in
                let text = try await front.ask(.get, "/api/orders", headers: [.xRequestID: "mine-1"]).text
                #expect(text.contains("\nx-request-id: mine-1\n"))
                #expect(text.contains("\nx-forwarded-for: 127.0.0.1\n"))
                #expect(text.contains("\nx-forwarded-proto: http\n"))
                #expect(text.contains("\nx-forwarded-host: \(front.address)\n"))
                #expect(text.contains("\nforwarded: for=127.0.0.1;host=\"\(front.address)\";proto=http\n"))
                #expect(text.contains("\nvia: 1.1 tradewind\n"))
            }
        }
    }

    @Test(arguments: [false, true]) func `tells what a proxy in front said only where that is trusted`(
        isTrusted: Bool
    ) async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) {
                $0.settings.trustsForwarded = isTrusted
            } _: { front in
                let sent: HTTPHeaders = [
                    .xForwardedFor: "203.0.113.7", .xForwardedProto: "https", .forwarded: "for=203.0.113.7",
                ]
                let text = try await front.ask(.get, "/api/orders", headers: sent).text
                #expect(text.contains("203.0.113.7") == isTrusted)
                #expect(text.contains("x-forwarded-proto: https") == isTrusted)
                #expect(text.contains("x-forwarded-for: 127.0.0.1"))
            }
        }
    }

    @Test func `leaves behind what is about the connection, and what the connection names`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) { front in
                let text = try await front.say(
                    """
                    GET /api/orders HTTP/1.1\r\nHost: gate\r\nConnection: close, X-Hop, cookie, x-forwarded-for\r\n\
                    X-Hop: 1\r\nCookie: 2\r\nKeep-Alive: 3\r\nTE: trailers\r\nTrailer: 4\r\nProxy-Authorization: 5\r\n\
                    Proxy-Connection: 6\r\nX-Stays: 7\r\n\r\n
                    """)
                for name in ["x-hop", "cookie", "keep-alive", "te:", "trailer", "proxy-", "connection"] {
                    #expect(!text.contains("\n" + name), "\(name)")
                }
                #expect(text.contains("\nx-stays: 7\n"))
                #expect(text.contains("\nx-forwarded-for: 127.0.0.1\n"))
            }
        }
    }

    @Test(arguments: ["/api/orders/../../internal/traces", "/api/orders/%2e%2e/%2e%2e/internal/traces"])
    func `cannot leave its prefix`(path: String) async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) { front in
                let answer = try await front.say("GET \(path) HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 404"))
            }
        }
    }

    @Test(arguments: [
        "POST /api/orders HTTP/1.1\r\nHost: g\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/orders HTTP/1.1\r\nHost: g\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n12345",
        "POST /api/orders HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n",
    ]) func `that could be read in two ways goes nowhere`(text: String) async throws {
        try await withPeer { _ in
            Issue.record("the service was called")
        } _: { url, _ in
            try await Front.open(at: [url]) { front in
                let answer = try await front.say(text)
                #expect(answer.hasPrefix("HTTP/1.1 400") || answer.hasPrefix("HTTP/1.1 501"), "\(answer)")
            }
        }
    }

    @Test(arguments: [true, false]) func `streams ten megabytes there, with and without a length`(
        hasLength: Bool
    ) async throws {
        let size = 10 << 20, piece = [UInt8](repeating: 7, count: 64 << 10)
        try await withServer { request in
            var count = 0
            var request = request
            request.body.limit = .max
            for try await chunk in request.body.chunks() { count += chunk.count }
            return .text("\(count) \(request.body.length.map(String.init) ?? "chunked")")
        } _: { service in
            try await Front.open(at: [service.url]) { front in
                let answer = try await front.ask(
                    .post, "/api/orders",
                    body: .stream(length: hasLength ? size : nil) { writer in
                        for _ in 0..<size / piece.count { try await writer.write(piece) }
                    })
                #expect(try await answer.read() == "\(size) \(hasLength ? "\(size)" : "chunked")")
            }
        }
    }

    @Test func `with too large a body is refused before a service hears of it`() async throws {
        try await withPeer { _ in
            Issue.record("the service was called")
        } _: { url, _ in
            try await Front.open(at: [url]) {
                $0.table = [.init("/api/orders", to: .orders, access: .anyone, bodyLimit: 10)]
            } _: { front in
                let answer = try await front.ask(.post, "/api/orders", body: .bytes([UInt8](repeating: 0, count: 11)))
                #expect(answer.status == .contentTooLarge)
            }
        }
    }

    @Test func `that grows too large on its way is refused`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) {
                $0.table = [.init("/api/orders", to: .orders, access: .anyone, bodyLimit: 100_000)]
            } _: { front in
                let answer = try await front.ask(
                    .post, "/api/orders",
                    body: .stream(length: nil) { writer in
                        for _ in 0..<3 { try await writer.write([UInt8](repeating: 0, count: 50_000)) }
                    })
                #expect(answer.status == .contentTooLarge)
            }
        }
    }

    @Test func `that waits for a 100 gets it from the gateway`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) { front in
                let connection = try await front.connect()
                try await connection.send(
                    "POST /api/orders HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
                #expect(try await connection.head() == "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send("hello")
                #expect(try await connection.head().hasPrefix("HTTP/1.1 200"))
                connection.socket.close()
            }
        }
    }
}
