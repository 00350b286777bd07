import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindLocks
import TradewindReactor

private let get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"
private let last = "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"

/// Answers with what it was sent.
private let echo: Handler = { request in .bytes(try await request.body.collect(), .text) }

@Suite struct `An answer` {
    @Test func `carries its body, its length, the date and the security headers`() async throws {
        let answer = try await withServer { try await $0.exchange(last) }
        #expect(answer.status == 200)
        #expect(answer.hasSuffix("\r\n\r\nHello, World!"))
        #expect(answer.field("Content-Length") == "13")
        #expect(answer.field("Content-Type") == "text/plain; charset=utf-8")
        #expect(answer.field("Date")?.hasSuffix("GMT") == true)
        #expect(answer.field("X-Content-Type-Options") == "nosniff")
        #expect(answer.field("X-Frame-Options") == "DENY")
        #expect(answer.field("Referrer-Policy") == "no-referrer")
    }

    @Test func `repeats the client's request id when it is fit, else has a UUIDv7`() async throws {
        func id(_ given: String) async throws -> String {
            try await withServer {
                try await $0.exchange(
                    "GET / HTTP/1.1\r\nHost: test\r\nX-Request-Id: \(given)\r\nConnection: close\r\n\r\n")
            }.field("X-Request-Id") ?? ""
        }
        #expect(try await id("order-42") == "order-42")
        for unfit in ["", "with space", "ümlaut", String(repeating: "x", count: 129)] {
            let made = try await id(unfit)
            #expect(made.count == 36 && Array(made)[14] == "7", "\(made) for \(unfit)")
        }
    }

    @Test func `to HEAD is the answer to GET without the body`() async throws {
        let (head, next) = try await withServer { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
            let head = try await client.response(toHead: true).head
            try await client.send(get)
            return (head, try await client.response())
        }
        #expect(head.field("Content-Length") == "13")
        #expect(next.head.status == 200 && next.body == "Hello, World!")
    }

    @Test func `without content has neither body nor length`() async throws {
        let answer = try await withServer({ _ in .noContent }) { try await $0.exchange(last) }
        #expect(answer.status == 204)
        #expect(answer.field("Content-Length") == nil)
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test func `may set a standing field itself, once`() async throws {
        let answer = try await withServer({ _ in
            Response(headers: ["X-Frame-Options": "SAMEORIGIN"], body: .text("framed"))
        }) { try await $0.exchange(last) }
        #expect(answer.field("X-Frame-Options") == "SAMEORIGIN")
        #expect(!answer.contains("DENY"))
        #expect(answer.field("X-Content-Type-Options") == "nosniff")
    }

    @Test(arguments: [0, 1, 1000, 16_384, 16_385, 3_000_000])
    func `arrives whole whatever its size`(size: Int) async throws {
        let body = try await withServer({ _ in .bytes([UInt8](repeating: 65, count: size), .binary) }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(get)
            return try await client.response().body
        }
        #expect(body.utf8.count == size)
    }

    @Test func `streamed without a length comes in chunks and the connection lives on`() async throws {
        let handler: Handler = { _ in
            .stream(.text) { writer in
                for number in 0..<1000 { try await writer.write("\(number),") }
            }
        }
        let (first, second) = try await withServer(handler) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(get + get)
            return (try await client.response(), try await client.response())
        }
        #expect(first.head.field("Transfer-Encoding") == "chunked")
        #expect(first.body == (0..<1000).map { "\($0)," }.joined())
        #expect(second.body == first.body)
    }

    @Test func `streamed to HTTP 1.0 ends with the connection`() async throws {
        let answer = try await withServer({ _ in .stream(.text) { try await $0.write("old") } }) {
            try await $0.exchange("GET / HTTP/1.0\r\n\r\n")
        }
        #expect(answer.field("Transfer-Encoding") == nil)
        #expect(answer.field("Connection") == "close")
        #expect(answer.hasSuffix("\r\n\r\nold"))
    }

    @Test func `that breaks off while it is streamed never looks complete`() async throws {
        struct Broken: Error {}
        let answer = try await withServer({ _ in
            .stream(.text) { writer in
                try await writer.write("half")
                throw Broken()
            }
        }) { try await $0.exchange(get) }
        #expect(answer.status == 200)
        #expect(!answer.hasSuffix("0\r\n\r\n"))
    }

    @Test func `cannot be split by a header value`() async throws {
        let answer = try await withServer({ _ in
            Response(headers: ["X-Name": "a\r\nSet-Cookie: stolen=1\r\n\r\n<html>"], body: .empty)
        }) { try await $0.exchange(last) }
        #expect(answer.field("Set-Cookie") == nil)
        #expect(answer.status == 200)
    }
}

@Suite struct `A connection` {
    @Test func `serves one request after the other`() async throws {
        let bodies = try await withServer(echo) { site in
            let client = try await site.connect()
            defer { client.close() }
            var bodies: [String] = []
            for number in 0..<50 {
                try await client.send(
                    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(String(number).utf8.count)\r\n\r\n\(number)")
                bodies.append(try await client.response().body)
            }
            return bodies
        }
        #expect(bodies == (0..<50).map(String.init))
    }

    @Test func `answers pipelined requests in their order though later handlers are faster`() async throws {
        let handler: Handler = { request in
            let delay = Int(request.head.query ?? "") ?? 0
            try await EventLoop.current?.sleep(for: .milliseconds(delay))
            return .text("\(delay)")
        }
        let bodies = try await withServer(handler) { site in
            let client = try await site.connect()
            defer { client.close() }
            let delays = [20, 0, 10, 0, 5]
            try await client.send(delays.map { "GET /?\($0) HTTP/1.1\r\nHost: t\r\n\r\n" }.joined())
            var bodies: [String] = []
            for _ in delays { bodies.append(try await client.response().body) }
            return bodies
        }
        #expect(bodies == ["20", "0", "10", "0", "5"])
    }

    @Test func `passes an answer on though the next pipelined request is still being handled`() async throws {
        let gate = Gate()
        let handler: Handler = { request in
            if request.path == "/slow" { await gate.wait() }
            return .text(request.path)
        }
        let (first, second) = try await withServer(handler) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET /fast HTTP/1.1\r\nHost: t\r\n\r\nGET /slow HTTP/1.1\r\nHost: t\r\n\r\n")
            let first = try await client.response().body
            gate.open()
            return (first, try await client.response().body)
        }
        #expect(first == "/fast")
        #expect(second == "/slow")
    }

    @Test func `is kept for HTTP 1.0 only when asked`() async throws {
        let kept = try await withServer { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let first = try await client.response()
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            return [first.head.field("Connection"), try await client.response().head.field("Connection")]
        }
        #expect(kept == ["keep-alive", "close"])
    }

    @Test func `half closed by the client still gets its answer`() async throws {
        let answer = try await withServer { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(get)
            client.finishSending()
            return try await client.readToEnd()
        }
        #expect(answer.hasSuffix("Hello, World!"))
    }

    @Test func `beyond the limit is told 503 and closed, and the next one after a departure is served`() async throws {
        var limits = ServerLimits()
        limits.connections = 2
        let statuses = try await withServer(limits: limits) { site in
            let first = try await site.connect(), second = try await site.connect()
            try await first.send(get)
            try await second.send(get)
            var statuses = [try await first.response().head.status, try await second.response().head.status]
            statuses.append(try await site.exchange(get).status)
            first.close()
            // The server learns of the departure in a later turn of its loop.
            var status = 503
            while status == 503 { status = try await site.exchange(last).status }
            second.close()
            return statuses + [status]
        }
        #expect(statuses == [200, 200, 503, 200])
    }

    @Test func `that idles is closed without a word`() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(30)
        let rest = try await withServer(limits: limits) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(get)
            _ = try await client.response()
            return try await client.readToEnd()
        }
        #expect(rest == "")
    }

    @Test func `that idles is let go at once when the server stops`() async throws {
        let rest = try await withServer { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(get)
            _ = try await client.response()
            await site.server.stop(within: .seconds(60))
            return try await client.readToEnd()
        }
        #expect(rest == "")
    }

    @Test func `in the middle of a request gets its answer when the server stops, and is then closed`() async throws {
        let gate = Gate()
        let (answer, isRefused) = try await withServer({ _ in
            gate.reach()
            await gate.wait()
            return .text("finished")
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(get)
            await gate.reached()
            async let stopped: Void = site.server.stop(within: .seconds(60))
            while (try? await site.connect().close()) != nil { await Task.yield() }
            gate.open()
            let answer = try await client.readToEnd()
            await stopped
            return (answer, true)
        }
        #expect(answer.hasSuffix("finished"))
        #expect(answer.field("Connection") == "close")
        #expect(isRefused)
    }
}

/// Lets a test and a handler meet.
final class Gate: Sendable {
    private let state = Lock(State())
    private struct State {
        var isOpen = false, isReached = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watching: [CheckedContinuation<Void, Never>] = []
    }

    func open() {
        state.withLock { state in
            state.isOpen = true
            for waiter in state.waiting { waiter.resume() }
            state.waiting = []
        }
    }

    func wait() async {
        await withCheckedContinuation { waiter in
            state.withLock { state in
                if state.isOpen { waiter.resume() } else { state.waiting.append(waiter) }
            }
        }
    }

    func reach() {
        state.withLock { state in
            state.isReached = true
            for watcher in state.watching { watcher.resume() }
            state.watching = []
        }
    }

    func reached() async {
        await withCheckedContinuation { watcher in
            state.withLock { state in
                if state.isReached { watcher.resume() } else { state.watching.append(watcher) }
            }
        }
    }
}
