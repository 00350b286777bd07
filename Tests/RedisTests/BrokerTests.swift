import Testing
import TradewindDomain
import TradewindMessaging
import TradewindReactor
import TradewindRedis
import TradewindTesting

@Suite struct `Messages through Redis` {
    @Test func `arrive as they were sent, those of a key in their order, and once when they are settled`() async throws
    {
        try await withBroker { _, broker, redis in
            try await broker.mustPublish((0..<1_000).map { event($0, key: "key\($0 % 7)") })
            let taker = Taker(try await broker.join("payments", of: [created]))
            try await whileTaking([taker]) {
                try await eventually { taker.taken.count >= 1_000 }
                try await eventually { try await broker.backlog(of: "payments", [created]) == [created: 0] }
                try await broker.mustPublish([event(1_000, key: "key6"), event(1_001)])
                try await eventually { taker.taken.count >= 1_002 }
            }
            #expect(taker.taken.count == 1_002)
            for key in 0..<7 {
                let own = taker.taken.filter { $0.key == "key\(key)" }
                #expect(own.compactMap(\.number) == own.compactMap(\.number).sorted())
                #expect(Set(own.map(\.place.lane)).count == 1)
                #expect(own.allSatisfy { $0.topic == created })
            }
            let odd = try #require(taker.taken.first { $0.number == 501 })
            #expect(odd.headers == ["trace": "t501"] && odd.key == "key4")
            #expect(try await redis("XRANGE", "\(odd.place.lane.keyInRedis)", "-", "+").array?.isEmpty == false)
        }
    }

    @Test func `reach each group, from the first that is there`() async throws {
        try await withBroker { _, broker, _ in
            try await broker.mustPublish((0..<20).map { event($0, key: "\($0)") })
            let takers = [
                Taker(try await broker.join("payments", of: [created])),
                Taker(try await broker.join("mail", of: [created])),
            ]
            try await whileTaking(takers) {
                try await eventually { takers.allSatisfy { Set($0.numbers) == Set(0..<20) } }
            }
        }
    }

    @Test func `of several topics come to one member`() async throws {
        try await withBroker { _, broker, _ in
            let source = try await broker.join("payments", of: [created, "order.cancelled"])
            let taker = Taker(source)
            try await whileTaking([taker]) {
                try await broker.mustPublish([event(1, key: "a"), event(2, key: "a", topic: "order.cancelled")])
                try await eventually { Set(taker.numbers) == [1, 2] }
            }
            #expect(Set(taker.taken.map(\.topic)) == [created, "order.cancelled"])
        }
    }

    @Test func `end with the task that waits for them`() async throws {
        try await withBroker { _, broker, _ in
            let source = try await broker.join("payments", of: [created])
            let task = Task { await source.next() }
            task.cancel()
            guard case .closed = await task.value else { Issue.record("not closed"); return }
        }
    }

    @Test func `are spread over as many lanes as the topic was made with`() async throws {
        try await withBroker { _, broker, redis in
            try await broker.prepare([created])
            try await withBroker(redis, { $0.lanes = 3 }) { other in
                try await other.mustPublish((0..<100).map { event($0, key: "\($0)") })
                try await other.prepare(["another"])
            }
            let keys = try await redis("KEYS", "*").array?.compactMap(\.text).sorted()
            #expect(
                keys
                    == ["{another}:lanes", "{order.created}:lanes"].reduce(
                        into: (0..<8).map { "{order.created}:\($0)" }
                    ) { $0.append($1) }.sorted())
            #expect(try await redis("GET", "{another}:lanes").integer == 3)
        }
    }

    @Test func `too large are refused, and with them those of their key behind them`() async throws {
        try await withBroker(options: "", { $0.largest = 100 }) { _, broker, _ in
            var large = event(2, key: "a")
            large = Envelope(id: large.id, topic: large.topic, key: "a", body: [UInt8](repeating: 0, count: 101))
            let results = await broker.publish([event(1, key: "a"), large, event(3, key: "a"), event(4, key: "b")])
            #expect(results[0] == .acknowledged && results[3] == .acknowledged)
            #expect(results[1] == .refused("101 bytes are too many; at most 100 are sent"))
            guard case .refused = results[2] else { Issue.record("\(results[2])"); return }
        }
    }

    @Test func `are not taken by a Redis whose memory is full, all of a lane or none`() async throws {
        try await withBroker { _, broker, redis in
            try await broker.mustPublish([event(0, key: "a")])
            try await redis("CONFIG", "SET", "maxmemory", "1")
            let results = await broker.publish((1..<10).map { event($0, key: "a") })
            for result in results {
                guard case .unavailable(let reason) = result else { Issue.record("\(result)"); return }
                #expect(reason.contains("OOM"))
            }
            // Not even the first of a lane when memory is full in the midst of them.
            let used = try await redis("INFO", "memory").text?.split(separator: "\r\n")
                .first { $0.hasPrefix("used_memory:") }.flatMap { Int($0.dropFirst(12)) }
            try await redis("CONFIG", "SET", "maxmemory", try #require(used) + 500_000)
            let large = (1..<10).map { number in
                Envelope(id: .zero, topic: created, key: "a", body: [UInt8](repeating: UInt8(number), count: 100_000))
            }
            #expect(await broker.publish(large).allSatisfy { $0 != .acknowledged })
            try await redis("CONFIG", "SET", "maxmemory", "0")
            #expect(try await broker.backlog(of: "payments", [created]) == [created: 1])
        }
    }

    @Test func `of 10 MB arrive among others`() async throws {
        try await withBroker { _, broker, _ in
            let taker = Taker(try await broker.join("payments", of: [created]))
            let large = Envelope(
                id: .zero, topic: created, key: "a", body: [UInt8](repeating: UInt8(ascii: "1"), count: 10_000_000))
            try await whileTaking([taker]) {
                try await broker.mustPublish([event(1, key: "a"), large, event(3, key: "a")])
                try await eventually { Set(taker.taken.map(\.place)).count >= 3 }
            }
            // On a busy machine a lease may lapse meanwhile, and what was taken comes again.
            var seen: Set<Place> = []
            #expect(taker.taken.filter { seen.insert($0.place).inserted }.map(\.body.count) == [1, 10_000_000, 1])
        }
    }
}

extension Lane {
    var keyInRedis: String { "{\(topic)}:\(number)" }
}
