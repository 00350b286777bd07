import Synchronization
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindReactor
import TradewindTesting

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

@Suite struct `Connections` {
    @Test func `are used again`() async throws {
        try await withPeer { caller in
            while true {
                try await caller.head()
                try await caller.send(ok)
            }
        } _: { url, connections in
            try await withClient { client in
                for _ in 1...20 {
                    let text = try await client.get(url).text
                    #expect(text == "ok")
                }
            }
            #expect(connections() == 1)
        }
    }

    @Test func `are as many as the limit allows, and the others wait their turn`() async throws {
        let busy = Atomic<Int>(0), most = Atomic<Int>(0)
        var settings = ClientSettings()
        settings.limits.connections = 3
        settings.timeouts.queue = .seconds(60)
        try await withPeer { caller in
            while true {
                try await caller.head()
                most.max(busy.wrappingAdd(1, ordering: .relaxed).newValue, ordering: .relaxed)
                await Task.yield()
                busy.wrappingSubtract(1, ordering: .relaxed)
                try await caller.send(ok)
            }
        } _: { url, connections in
            try await withClient(settings) { client in
                try await withThrowingTaskGroup { group in
                    for _ in 1...50 { group.addTask { try await client.get(url).text } }
                    for try await text in group { #expect(text == "ok") }
                }
                #expect(await client.connections() == (idle: 3, busy: 0))
            }
            #expect(connections() == 3)
        }
        #expect(most.load(ordering: .relaxed) <= 3)
    }

    @Test func `are waited for no longer than allowed`() async throws {
        var settings = ClientSettings()
        settings.limits.connections = 1
        settings.timeouts.queue = .milliseconds(30)
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient(settings) { client in
                let first = Task { try await client.get(url) }
                try await eventually { await client.connections().busy == 1 }
                await #expect(throws: ClientError.overloaded) { try await client.get(url) }
                first.cancel()
                await #expect(throws: ClientError.cancelled) { try await first.value }
            }
        }
    }

    @Test func `have a bounded queue, and who is cancelled leaves it`() async throws {
        var settings = ClientSettings()
        (settings.limits.connections, settings.limits.waiting) = (1, 1)
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await withClient(settings) { client in
                // Tasks of one loop begin in the order in which they were made.
                let loop = EventLoop.current
                let first = Task(executorPreference: loop) { try await client.get(url) }
                let second = Task(executorPreference: loop) { try await client.get(url) }
                let third = Task(executorPreference: loop) { try await client.get(url) }
                await #expect(throws: ClientError.overloaded) { try await third.value }
                second.cancel()
                await #expect(throws: ClientError.cancelled) { try await second.value }
                first.cancel()
                await #expect(throws: ClientError.cancelled) { try await first.value }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
        }
    }

    @Test func `a place that a failed attempt leaves goes to who waits`() async throws {
        var settings = ClientSettings()
        settings.limits.connections = 1
        try await withPeer { caller in
            try await caller.head()
            if caller.index > 0 { try await caller.send(ok) }
        } _: { url, _ in
            try await withClient(settings) { client in
                let loop = EventLoop.current
                let first = Task(executorPreference: loop) { try await client.get(url) }
                let second = Task(executorPreference: loop) { try await client.get(url).text }
                await #expect(throws: ClientError.connectionClosed) { try await first.value }
                let text = try await second.value
                #expect(text == "ok")
            }
        }
    }

    @Test func `that the server closes between requests are let go at once`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send(ok)
        } _: { url, _ in
            try await withClient { client in
                let ok = try await client.get(url).text
                #expect(ok == "ok")
                try await eventually { await client.connections() == (idle: 0, busy: 0) }
            }
        }
    }

    @Test func `on which the server speaks unasked are let go`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send(ok)
            await Task.yield()
            try await caller.send("HTTP/1.1 408 Request Timeout\r\n\r\n")
            try await caller.silence()
        } _: { url, _ in
            try await withClient { client in
                let ok = try await client.get(url).text
                #expect(ok == "ok")
                try await eventually { await client.connections() == (idle: 0, busy: 0) }
            }
        }
    }

    @Test func `rest only so long`() async throws {
        var settings = ClientSettings()
        settings.limits.idleTimeout = .milliseconds(20)
        try await withServer({ _ in .text("ok") }) { address in
            try await withClient(settings) { client in
                let ok = try await client.get(address.url).text
                #expect(ok == "ok")
                try await eventually { await client.connections() == (idle: 0, busy: 0) }
            }
        }
    }

    @Test func `grow old`() async throws {
        var settings = ClientSettings()
        settings.limits.lifetime = .zero
        try await withServer({ _ in .text("ok") }) { address in
            try await withClient(settings) { client in
                for _ in 1...3 {
                    let text = try await client.get(address.url).text
                    #expect(text == "ok")
                }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
        }
    }

    @Test func `whose content nobody wanted are not used again, unless it is here already`() async throws {
        let handler: Handler = { request in
            if request.path == "/small" { return .stream(.text) { try await $0.write("small") } }
            return .stream(.text) { for _ in 0..<1000 { try await $0.write([UInt8](repeating: 1, count: 10_000)) } }
        }
        try await withServer(handler) { address in
            try await withClient { client in
                for _ in 1...3 { _ = try await client.get(address.url + "/large") }
                try await eventually { await client.connections() == (idle: 0, busy: 0) }
                for _ in 1...3 {
                    let text = try await client.get(address.url + "/small").text
                    #expect(text == "small")
                }
                #expect(await client.connections() == (idle: 1, busy: 0))
                for _ in 1...3 {
                    let body = try await client.get(address.url + "/large").body
                    var pieces = body.pieces()
                    #expect(try await pieces.next()?.isEmpty == false)
                }
                try await eventually { await client.connections().busy == 0 }
                let small = try await client.get(address.url + "/small").text
                #expect(small == "small")
            }
        }
    }

    @Test func `in the middle of content nobody wanted are not used again`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")
            try await caller.silence()
        } _: { url, connections in
            try await withClient { client in
                for _ in 1...3 {
                    let status = try await client.get(url).status
                    #expect(status == .ok)
                }
            }
            #expect(connections() == 3)
        }
    }

    @Test func `end with the client`() async throws {
        try await withServer({ _ in .text("ok") }) { address in
            try await withClient { client in
                let ok = try await client.get(address.url).text
                #expect(ok == "ok")
                client.shutDown()
                #expect(await client.connections() == (idle: 0, busy: 0))
                await #expect(throws: ClientError.shutDown) { try await client.get(address.url) }
            }
        }
    }
}

@Suite struct `A request on a connection that turns out to be closed` {
    /// Answers the first request of each connection, and ends the first connection at the second request.
    private func asking(
        _ method: HTTPMethod, _ body: ClientRequestBody = .none, saying word: String = ""
    ) async throws -> (text: String, connections: Int) {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send(ok)
            try await caller.head()
            if caller.index == 0 { try await caller.send(word) } else { try await caller.send(ok) }
        } _: { url, connections in
            let text = try await withClient { client in
                _ = try await client.get(url).text
                return try await client.send(ClientRequest(method, url, body: body)).text
            }
            return (text, connections())
        }
    }

    @Test(arguments: [.get, .put, .delete, .options] as [HTTPMethod])
    func `is sent again when that can do no harm`(method: HTTPMethod) async throws {
        let body = method == .put ? ClientRequestBody.bytes([1, 2, 3]) : .none
        #expect(try await asking(method, body) == ("ok", 2))
    }

    @Test(arguments: [.post, .patch] as [HTTPMethod])
    func `is not sent again when it might have been done`(method: HTTPMethod) async throws {
        await #expect(throws: ClientError.connectionClosed) { try await asking(method) }
    }

    @Test func `is not sent again when its body is used up`() async throws {
        let body = ClientRequestBody.stream(length: 4) { try await $0.write("once") }
        await #expect(throws: ClientError.connectionClosed) { try await asking(.put, body) }
    }

    @Test func `is not sent again once the answer has begun`() async throws {
        await #expect(throws: ClientError.connectionClosed) { try await asking(.get, saying: "HTTP/1.1 2") }
    }

    @Test func `is sent again only once, and not at all on a new connection`() async throws {
        try await withPeer {
            try await $0.head()
        } _: { url, connections in
            try await withClient { client in
                await #expect(throws: ClientError.connectionClosed) { try await client.get(url) }
            }
            #expect(connections() == 1)
        }
    }

    @Test func `is sent on a new connection even when others lie idle`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send(ok)
            try await caller.head()
            if caller.index >= 3 { try await caller.send(ok) }
        } _: { url, connections in
            try await withClient { client in
                // Three connections, each of which will die of its second request.
                try await withThrowingTaskGroup { group in
                    for _ in 1...3 { group.addTask { try await client.get(url).text } }
                    try await group.waitForAll()
                }
                try #require(await client.connections() == (idle: 3, busy: 0))
                let ok = try await client.get(url).text
                #expect(ok == "ok")
            }
            #expect(connections() == 4)
        }
    }
}
