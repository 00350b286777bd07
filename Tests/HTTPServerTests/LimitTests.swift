import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindLocks
import TradewindReactor

private let echo: Handler = { request in .bytes(try await request.body.collect(), .text) }

private func limits(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
    var limits = ServerLimits()
    change(&limits)
    return limits
}

@Suite struct `A body` {
    @Test func `is read by length and by chunks, and what follows it is the next request`() async throws {
        let bodies = try await withServer(echo) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(
                "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nfirst"
                    + "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecond\r\n3;x=y\r\n,it\r\n0\r\n\r\n"
                    + "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nthird")
            var bodies: [String] = []
            for _ in 0..<3 { bodies.append(try await client.response().body) }
            return bodies
        }
        #expect(bodies == ["first", "second,it", "third"])
    }

    @Test func `arrives whole when it comes byte by byte`() async throws {
        let message =
            "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n"
        let body = try await withServer(echo) { site in
            let client = try await site.connect()
            defer { client.close() }
            for byte in message.utf8 {
                try await client.send([byte])
                await Task.yield()
            }
            return try await client.response().body
        }
        #expect(body == "wikipedia")
    }

    @Test func `that nobody reads is skipped when it is short`() async throws {
        let statuses = try await withServer { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 20000\r\n\r\n")
            let first = try await client.response().head
            try await client.send(String(repeating: "x", count: 20000) + "GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            return [first.status, try await client.response().head.status]
        }
        #expect(statuses == [200, 200])
    }

    @Test func `that nobody reads ends the connection when it is long, and the answer arrives`() async throws {
        let answer = try await withServer { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 900000\r\n\r\n")
            try await client.send(String(repeating: "x", count: 300_000))
            return try await client.readToEnd()
        }
        #expect(answer.status == 200)
        #expect(answer.field("Connection") == "close")
    }

    @Test func `longer than allowed is 413, by its length before it is read and by chunks as it grows`() async throws {
        let answers = try await withServer(limits: limits { $0.body = 10 }, echo) { site in
            [
                try await site.exchange(
                    "POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 11\r\n\r\nxxxxxxxxxxx"),
                try await site.exchange(
                    "POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nxxxxxxxx\r\n3\r\nxxx\r\n0\r\n\r\n"
                ),
            ]
        }
        #expect(answers.map(\.status) == [413, 413])
        #expect(answers[0].field("Content-Type") == "application/problem+json")
    }

    @Test func `of exactly the allowed length is accepted`() async throws {
        let body = try await withServer(limits: limits { $0.body = 10 }, echo) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n0123456789")
            return try await client.response().body
        }
        #expect(body == "0123456789")
    }

    @Test func `is asked for with 100 Continue only when a handler reads it`() async throws {
        let head = "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
        let (asked, notAsked) = try await withServer({ request in
            request.path == "/echo" ? .bytes(try await request.body.collect(), .text) : .text("no")
        }) { site in
            let client = try await site.connect()
            try await client.send("POST /echo " + head.dropFirst("POST / ".count))
            let interim = try await client.take("HTTP/1.1 100 Continue\r\n\r\n".utf8.count)
            try await client.send("body")
            let asked = interim + (try await client.response().body)
            client.close()
            return (asked, try await site.exchange(head))
        }
        #expect(asked == "HTTP/1.1 100 Continue\r\n\r\nbody")
        #expect(notAsked.status == 200)
        #expect(notAsked.field("Connection") == "close")
    }

    @Test func `that comes too slowly is 408`() async throws {
        let limits = limits {
            $0.bodyGrace = .milliseconds(40)
            $0.bodyBytesPerSecond = 1_000_000
        }
        let answer = try await withServer(limits: limits, echo) {
            try await $0.exchange("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nslow")
        }
        #expect(answer.status == 408)
    }

    @Test func `that breaks off is no request to act on`() async throws {
        let answer = try await withServer(echo) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nhalf")
            client.finishSending()
            return try await client.readToEnd()
        }
        #expect(answer.status == 400)
    }

    @Test func `with broken chunks is 400 and the connection ends`() async throws {
        let answer = try await withServer(echo) {
            try await $0.exchange(
                "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n")
        }
        #expect(answer.status == 400)
        #expect(answer.field("Connection") == "close")
    }

    @Test func `is streamed to the handler that asks for chunks, with back-pressure`() async throws {
        let counted: Handler = { request in
            var count = 0
            var body = request.body
            body.limit = .max
            for try await chunk in body.chunks() { count += chunk.count }
            return .text("\(count)")
        }
        let total = 8_000_000
        let body = try await withServer(counted) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(total)\r\n\r\n")
            try await client.send([UInt8](repeating: 1, count: total))
            return try await client.response().body
        }
        #expect(body == "\(total)")
    }
}

@Suite struct `A head` {
    @Test func `that comes too slowly is 408`() async throws {
        let answer = try await withServer(limits: limits { $0.headTimeout = .milliseconds(30) }) {
            try await $0.exchange("GET / HTTP/1.1\r\nHos")
        }
        #expect(answer.status == 408)
        #expect(answer.field("Connection") == "close")
    }

    @Test func `beyond the limits is 414 or 431`() async throws {
        let long = String(repeating: "x", count: 17_000)
        let statuses = try await withServer { site in
            [
                try await site.exchange("GET /\(long) HTTP/1.1\r\nHost: t\r\n\r\n").status,
                try await site.exchange("GET / HTTP/1.1\r\nHost: t\r\nX-Long: \(long)\r\n\r\n").status,
                try await site.exchange(
                    "GET / HTTP/1.1\r\nHost: t\r\n" + (0..<100).map { "X-\($0): 1\r\n" }.joined() + "\r\n"
                ).status,
            ]
        }
        #expect(statuses == [414, 431, 431])
    }

    @Test func `that is malformed is answered with a problem and the connection ends`() async throws {
        let answer = try await withServer { try await $0.exchange("GET / HTTP/1.1\nHost: t\n\n") }
        #expect(answer.status == 400)
        #expect(answer.field("Content-Type") == "application/problem+json")
        #expect(answer.field("Connection") == "close")
    }
}

@Suite struct `A handler` {
    struct Secret: Error { let password = "hunter2" }

    @Test func `that throws gives 500 with the request's id and no internals, and the next request is served`()
        async throws
    {
        let (first, second) = try await withServer({ request in
            if request.path == "/bad" { throw Secret() }
            return .text("good")
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(
                "GET /bad HTTP/1.1\r\nHost: t\r\nX-Request-Id: r-1\r\n\r\nGET /good HTTP/1.1\r\nHost: t\r\n\r\n")
            return (try await client.response(), try await client.response())
        }
        #expect(first.head.status == 500)
        #expect(first.body.contains("\"requestId\":\"r-1\""))
        #expect(!first.body.contains("Secret") && !first.body.contains("hunter2"))
        #expect(second.body == "good")
    }

    @Test func `that throws a problem gives that problem`() async throws {
        let problem = Problem(
            .conflict, code: "order-not-open", detail: "the order is settled",
            errors: [.init(field: "items[0].price", code: "range", message: "must be between 0.01 and 999999.99")])
        let answer = try await withServer({ _ in throw problem }) {
            try await $0.exchange("GET /orders HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        }
        #expect(answer.status == 409)
        #expect(answer.contains("\"instance\":\"/orders\""))
        #expect(answer.contains("{\"field\":\"items[0].price\",\"code\":\"range\""))
    }

    @Test func `that takes too long is answered for with 503, though it never returns`() async throws {
        let gate = Gate()
        let answer = try await withServer(
            limits: limits { $0.handlerTimeout = .milliseconds(30) },
            { _ in
                await gate.wait()
                return .text("too late")
            }
        ) { site in
            let answer = try await site.exchange("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            gate.open()
            return answer
        }
        #expect(answer.status == 503)
        #expect(!answer.contains("too late"))
    }

    @Test func `is cancelled when its client resets the connection`() async throws {
        let gate = Gate()
        try await withServer({ _ in
            gate.reach()
            do { try await EventLoop.current?.sleep(for: .seconds(3600)) } catch {
                gate.open()
                throw error
            }
            return .text("never")
        }) { site in
            let client = try await site.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            await gate.reached()
            client.reset()
            await gate.wait()
        }
    }

    @Test func `keeping a body beyond its request reads nothing of the next one's`() async throws {
        let kept = Kept()
        let outcome = try await withServer({ request in
            if let earlier = kept.swap(request.body) {
                do { return .bytes(try await earlier.collect(), .text) } catch { return .text("\(error)") }
            }
            return .text("first")
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\none")
            _ = try await client.response()
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\ntwo")
            return try await client.response().body
        }
        #expect(outcome == "over")
    }
}

@Suite struct `A slow reader` {
    @Test func `is cut when it takes nothing for too long`() async throws {
        let read = try await withServer(
            limits: limits { $0.stallTimeout = .milliseconds(50) },
            { _ in
                .bytes([UInt8](repeating: 1, count: 30_000_000), .binary)
            }
        ) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            try await site.loop.sleep(for: .milliseconds(120))
            return try await client.readToEnd().utf8.count
        }
        #expect(read < 30_000_000)
    }
}

/// Holds a request's body past the request.
private final class Kept: Sendable {
    private let body = Lock<RequestBody?>(nil)
    func swap(_ new: RequestBody) -> RequestBody? {
        body.withLock { held in
            defer { held = new }
            return held
        }
    }
}
