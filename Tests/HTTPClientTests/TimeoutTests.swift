import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindLocks
import TradewindReactor
import TradewindTesting

@Suite struct `Time` {
    private let brief = Duration.milliseconds(30)

    private func settings(_ set: (inout ClientTimeouts) -> Void) -> ClientSettings {
        var settings = ClientSettings()
        set(&settings.timeouts)
        return settings
    }

    @Test func `runs out for a server that never answers`() async throws {
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient(settings { $0.firstByte = brief }) { client in
                await #expect(throws: ClientError.firstByteTimedOut) { try await client.get(url) }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
        }
    }

    @Test func `runs out for a head that never ends`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send("HTTP/1.1 200 OK\r\n")
            while !caller.socket.isDead {
                try await caller.send("X: y\r\n")
                try await caller.socket.loop.sleep(for: .milliseconds(5))
            }
        } _: { url, _ in
            try await withClient(settings { $0.firstByte = brief }) { client in
                await #expect(throws: ClientError.firstByteTimedOut) { try await client.get(url) }
            }
        }
    }

    @Test func `runs out for content that stops coming`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")
            try await caller.silence()
        } _: { url, _ in
            try await withClient(settings { $0.stall = brief }) { client in
                let response = try await client.get(url)
                await #expect(throws: ClientError.stalled) { try await response.bytes }
            }
        }
    }

    @Test func `runs out for a server that takes no more`() async throws {
        try await withPeer { caller in
            try await caller.head()
            await caller.socket.loop.never()
        } _: { url, _ in
            try await withClient(settings { $0.stall = brief }) { client in
                await #expect(throws: ClientError.stalled) {
                    try await client.send(ClientRequest(.post, url, body: .endless))
                }
            }
        }
    }

    @Test func `for the whole exchange runs out however busy it is`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send("HTTP/1.1 200 OK\r\n\r\n")
            while true {
                try await caller.send("drop")
                try await caller.socket.loop.sleep(for: .milliseconds(2))
            }
        } _: { url, _ in
            try await withClient(settings { $0.total = brief }) { client in
                await #expect(throws: ClientError.totalTimedOut) { try await client.get(url).bytes }
            }
        }
    }

    @Test func `can be given to a single request`() async throws {
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient { client in
                var request = try ClientRequest(.get, url)
                request.timeouts = ClientTimeouts()
                request.timeouts?.total = brief
                let asked = request
                await #expect(throws: ClientError.totalTimedOut) { try await client.send(asked) }
            }
        }
    }

    @Test func `to connect runs out`() async throws {
        let full = FullListener()
        defer { full.end() }
        try await withClient(settings { $0.connect = brief }) { client in
            await #expect(throws: ClientError.connectTimedOut) { try await client.get(full.address.url) }
            #expect(await client.connections() == (idle: 0, busy: 0))
        }
    }

    @Test func `for the whole exchange counts the wait for a connection`() async throws {
        let full = FullListener()
        defer { full.end() }
        try await withClient(settings { $0.total = brief }) { client in
            await #expect(throws: ClientError.totalTimedOut) { try await client.get(full.address.url) }
        }
    }

    @Test func `to shake hands runs out`() async throws {
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient(settings { $0.connect = brief }) { client in
                let secure = url.replacing("http:", with: "https:")
                await #expect(throws: ClientError.connectTimedOut) { try await client.get(secure) }
            }
        }
    }

    @Test func `is not needed to learn that nobody listens`() async throws {
        // Port 1 is nobody's, and never given to one of the tests that run beside this one.
        let nobody = SocketAddress.loopback.with(port: 1)
        try await withClient { client in
            let error = await #expect(throws: ClientError.self) { try await client.get(nobody.url) }
            guard case .refused = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `is not needed to learn that a name means nothing`() async throws {
        try await withClient { client in
            let error = await #expect(throws: ClientError.self) { try await client.get("http://nobody.invalid/") }
            guard case .resolution = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}

@Suite struct `Cancelling a request` {
    @Test func `ends it at once, and its connection`() async throws {
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient { client in
                let task = Task { try await client.get(url) }
                try await eventually { await client.connections().busy == 1 }
                task.cancel()
                await #expect(throws: ClientError.cancelled) { try await task.value }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
        }
    }

    @Test func `ends the wait for content`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")
            try await caller.silence()
        } _: { url, _ in
            try await withClient { client in
                let task = Task {
                    let response = try await client.get(url)
                    return try await response.bytes
                }
                try await eventually { await client.connections().busy == 1 }
                task.cancel()
                await #expect(throws: ClientError.cancelled) { try await task.value }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
        }
    }

    @Test func `ends its upload`() async throws {
        try await withPeer { caller in
            try await caller.head()
            await caller.socket.loop.never()
        } _: { url, _ in
            try await withClient { client in
                let task = Task { try await client.send(ClientRequest(.post, url, body: .endless)) }
                try await eventually { await client.connections().busy == 1 }
                task.cancel()
                await #expect(throws: ClientError.cancelled) { try await task.value }
            }
        }
    }

    @Test func `before it begins sends nothing`() async throws {
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient { client in
                let task = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return try await client.get(url)
                }
                task.cancel()
                await #expect(throws: ClientError.cancelled) { try await task.value }
            }
        }
    }

    /// The server cancels the request that it has just answered, so that some cancellations come while the connection
    /// is being handed to the next request.
    @Test func `disturbs nobody who uses the connection next`() async throws {
        var settings = ClientSettings()
        settings.limits.connections = 1
        let answered = Lock<Task<String, any Error>?>(nil)
        try await withPeer { caller in
            while true {
                let head = try await caller.head()
                try await caller.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                guard head.contains("/cancelled") else { continue }
                var spins = Int.random(in: 0..<5000)
                while spins > 0 { spins -= 1 }
                answered.withLock { $0 }?.cancel()
            }
        } _: { url, _ in
            try await withClient(settings) { client in
                let loop = EventLoop.current
                for _ in 1...2000 {
                    let first = Task(executorPreference: loop) { try await client.get(url + "/cancelled").text }
                    answered.withLock { $0 = first }
                    let second = Task(executorPreference: loop) { try await client.get(url + "/next").text }
                    let text = try await second.value
                    #expect(text == "ok")
                    _ = await first.result
                }
            }
        }
    }
}

extension EventLoop {
    /// Waits until the loop's end without reading anything.
    func never() async { try? await sleep(for: .seconds(3600)) }
}
