import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindLocks
import TradewindReactor

@Suite struct `An event stream` {
    private typealias Event = EventStream.Event

    @Test(
        arguments: [
            (EventStream.Event(data: "a"), "data: a\n\n"),
            (.init(data: ""), "data: \n\n"),
            (.init(data: "a\nb\r\nc\rd"), "data: a\ndata: b\ndata: c\ndata: d\n\n"),
            (.init(data: "a\n"), "data: a\ndata: \n\n"),
            (
                .init(id: "7", event: "trade", data: "x", retry: .seconds(3)),
                "event: trade\nid: 7\nretry: 3000\ndata: x\n\n"
            ),
            (.init(id: "7\ndata: forged", event: "a\rb\0", data: "x"), "event: ab\nid: 7data: forged\ndata: x\n\n"),
        ]) func `writes an event as browsers read it`(event: EventStream.Event, text: String) async throws
    {
        let sink = Collected()
        try await EventStream(BodyWriter(sink)).send(event)
        #expect(sink.text == text)
    }

    @Test func `is opened at once, and each event arrives when it is sent`() async throws {
        let (head, first) = try await withServer({ request in
            let seen = request.lastEventID ?? "nothing"
            return .events { stream in
                try await stream.send(Event(id: "8", data: "after \(seen)"))
                try await EventLoop.current?.sleep(for: .seconds(60))
            }
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\nLast-Event-ID: 7\r\n\r\n")
            let head = try await client.response(toHead: true).head
            return (head, try await client.chunk())
        }
        #expect(head.field("Content-Type") == "text/event-stream")
        #expect(head.field("Cache-Control") == "no-store")
        #expect(head.field("Content-Length") == nil)
        #expect(first == "id: 8\ndata: after 7\n\n")
    }

    @Test func `that has nothing to say sends heartbeats`() async throws {
        let beats = try await withServer({ _ in
            .events(heartbeat: .milliseconds(5)) { _ in try await EventLoop.current?.sleep(for: .seconds(60)) }
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            _ = try await client.response(toHead: true)
            return [try await client.chunk(), try await client.chunk()]
        }
        #expect(beats == [":\n\n", ":\n\n"])
    }

    @Test(arguments: [true, false])
    func `cancels its handler when the client goes away`(byReset: Bool) async throws {
        let ended = Ended()
        try await withServer({ _ in
            .events(heartbeat: .milliseconds(5)) { _ in await ended.run() }
        }) { site in
            let client = try await site.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            _ = try await client.response(toHead: true)
            if byReset { client.reset() } else { client.close() }
            await ended.wait()
        }
    }

    @Test func `goes on for a client that only finished sending`() async throws {
        let events = try await withServer({ _ in
            .events { stream in
                for number in 1...3 {
                    try await EventLoop.current?.sleep(for: .milliseconds(2))
                    try await stream.send("\(number)")
                }
            }
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            client.finishSending()
            return try await client.response().body
        }
        #expect(events.filter { $0.isNumber } == "123")
    }

    @Test func `ends properly when the server stops, however long its handler would go on`() async throws {
        let rest = try await withServer({ _ in
            .events { _ in try await EventLoop.current?.sleep(for: .seconds(60)) }
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            _ = try await client.response(toHead: true)
            await site.server.stop(within: .seconds(30))
            return try await client.readToEnd()
        }
        #expect(rest == "0\r\n\r\n")
    }

    @Test func `waits for a slow client and loses nothing`() async throws {
        let count = 2_000
        let body = try await withServer({ _ in
            .events { stream in
                let filler = String(repeating: "x", count: 1_000)
                for number in 0..<count { try await stream.send("\(number) \(filler)") }
            }
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            try await EventLoop.current?.sleep(for: .milliseconds(30))
            return try await client.response().body
        }
        let numbers = body.split(separator: "\n").compactMap {
            $0.dropFirst("data: ".count).split(separator: " ").first
        }
        #expect(numbers.compactMap { Int($0) } == Array(0..<count))
    }

    @Test func `takes events from any thread`() async throws {
        let body = try await withServer({ _ in
            .events(heartbeat: .seconds(3600)) { stream in
                try await Task.detached { for number in 1...3 { try await stream.send("\(number)") } }.value
            }
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            return try await client.response().body
        }
        #expect(body == "data: 1\n\ndata: 2\n\ndata: 3\n\n")
    }

    @Test func `takes events from several tasks`() async throws {
        let body = try await withServer({ _ in
            .events { stream in
                await withTaskGroup { group in
                    for name in ["a", "b", "c", "d"] {
                        group.addTask {
                            let long = String(repeating: name, count: 40_000)
                            for _ in 0..<20 { try? await stream.send(long) }
                        }
                    }
                }
            }
        }) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            return try await client.response().body
        }
        let lines = body.split(separator: "\n")
        #expect(lines.count == 80 && lines.allSatisfy { Set($0.dropFirst("data: ".count)).count == 1 })
    }
}

/// A body that is only collected.
private final class Collected: BodySink {
    private let bytes = Lock<[UInt8]>([])
    func write(_ bytes: [UInt8]) async throws { self.bytes.withLock { $0 += bytes } }
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}

/// A handler that ends only by being cancelled, and someone who waits for that.
final class Ended: Sendable {
    private let (ends, end) = AsyncStream<Void>.makeStream()

    func run() async {
        try? await EventLoop.current?.sleep(for: .seconds(60))
        if Task.isCancelled { end.finish() }
    }

    func wait() async { for await _ in ends {} }
}

extension RawClient {
    /// The next chunk of a body.
    func chunk() async throws -> String {
        var line = ""
        repeat { line += try await take(1) } while !line.hasSuffix("\r\n") || line == "\r\n"
        let size = Int(line.filter(\.isHexDigit), radix: 16) ?? 0
        let chunk = try await take(size)
        _ = try await take(2)
        return chunk
    }
}
