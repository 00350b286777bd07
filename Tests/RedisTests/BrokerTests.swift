import Testing
import TradewindDomain
import TradewindMessaging
import TradewindReactor
import TradewindRedis
internal import TradewindRuntime
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

    @Test func `come again when they were not settled, and not while they are in hand`() async throws {
        try await withBroker { _, broker, _ in
            try await broker.mustPublish((0..<100).map { event($0, key: "\($0 % 3)") })
            let first = Taker(try await broker.join("payments", of: [created]), settles: false)
            try await whileTaking([first]) {
                try await eventually { first.taken.count >= 100 }
                first.source.settle(first.taken.filter { ($0.number ?? 0) < 50 }.map(\.place))
                try await eventually { try await broker.backlog(of: "payments", [created]) == [created: 50] }
            }
            #expect(first.taken.count == 100)
            await first.source.close()
            let second = Taker(try await broker.join("payments", of: [created]))
            try await whileTaking([second]) { try await eventually { second.taken.count >= 50 } }
            #expect(Set(second.numbers) == Set(50..<100))
            for key in 0..<3 {
                let own = second.numbers.filter { $0 % 3 == key }
                #expect(own == own.sorted())
            }
        }
    }

    @Test func `that were in hand of a member that vanished come first to who takes its lanes`() async throws {
        try await withBroker { _, broker, redis in
            let gone = RedisClient(
                on: try EventLoopGroup(count: 1), workers: .init(threads: 1, queueLimit: 4), settings: redis.settings)
            let first = Taker(try await RedisBroker(gone).join("payments", of: [created]), settles: false)
            let second = Taker(try await broker.join("payments", of: [created]))
            let clock = ContinuousClock()
            try await whileTaking([first, second]) {
                try await eventually("two members") { try await shares(of: created, redis) == [4, 4] }
                try await broker.mustPublish((0..<200).map { event($0, key: "\($0 % 16)") })
                try await eventually { first.taken.count + second.taken.count >= 200 }
                #expect(!first.taken.isEmpty && !second.taken.isEmpty)
                let vanished = clock.now
                gone.shutDown()
                try await broker.mustPublish((200..<400).map { event($0, key: "\($0 % 16)") })
                try await eventually("all taken") { second.taken.count >= 400 }
                #expect(clock.now - vanished < .seconds(5) + (soon - .seconds(2)))
            }
            #expect(Set(second.numbers) == Set(0..<400))
            for key in 0..<16 {
                let own = second.numbers.filter { $0 % 16 == key }
                #expect(own == own.sorted())
            }
        }
    }

    @Test func `go to one of two members each, and all to the other when one leaves`() async throws {
        try await withBroker { _, broker, redis in
            let first = Taker(try await broker.join("payments", of: [created]))
            let second = Taker(try await broker.join("payments", of: [created]))
            try await whileTaking([first, second]) {
                try await eventually("two members") { try await shares(of: created, redis) == [4, 4] }
                // What the first has released the second has when it is delivered from there.
                try await broker.mustPublish((0..<400).map { event($0, key: "\($0)") })
                try await eventually { first.taken.count + second.taken.count >= 400 }
                #expect(Set(first.taken.map(\.place.lane)).count == 4)
                #expect(Set(second.taken.map(\.place.lane)).count == 4)
                await first.source.close()
                let before = second.taken.count
                try await broker.mustPublish((400..<800).map { event($0, key: "\($0)") })
                try await eventually(within: .seconds(10)) { second.taken.count >= before + 400 }
                #expect(Set(second.taken.map(\.place.lane)).count == 8)
            }
            #expect((first.numbers + second.numbers).sorted() == Array(0..<800))
            let consumers = try await redis("XINFO", "CONSUMERS", "{order.created}:0", "payments").array
            #expect(consumers?.count == 1)
        }
    }

    @Test func `of a lane wait for its release before another member has them`() async throws {
        try await withBroker { _, broker, _ in
            try await broker.mustPublish((0..<80).map { event($0, key: "\($0)") })
            let first = Taker(try await broker.join("payments", of: [created]), settles: false, releases: false)
            try await whileTaking([first]) {
                try await eventually { first.taken.count >= 80 }
                let second = Taker(try await broker.join("payments", of: [created]))
                try await whileTaking([second]) {
                    try await eventually { first.revoked.count == 4 }
                    try await broker.mustPublish((80..<160).map { event($0, key: "\($0)") })
                    let kept = Set((0..<8).map { Lane(created, $0) }).subtracting(first.revoked)
                    // More than a lease's time: it is given up by release, and by nothing else.
                    try await Task.sleep(for: .seconds(4))
                    #expect(second.taken.isEmpty)
                    // What is settled until then does not come again.
                    let settled = first.taken.filter { first.revoked.contains($0.place.lane) && $0.number! % 2 == 0 }
                    first.source.settle(settled.map(\.place))
                    first.source.release(first.revoked)
                    let all = first.taken.filter { !kept.contains($0.place.lane) && $0.number! % 2 == 1 }.compactMap(
                        \.number)
                    try await eventually { Set(second.numbers).isSuperset(of: all) }
                    #expect(Set(second.numbers).isDisjoint(with: settled.compactMap(\.number)))
                }
            }
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

@Suite struct `What Redis keeps of a topic` {
    @Test func `is shortened, and never by what a group has not settled`() async throws {
        try await withBroker(options: "", { ($0.lanes, $0.kept) = (1, 200) }) { _, broker, redis in
            let slow = try await broker.join("slow", of: [created])
            let fast = Taker(try await broker.join("fast", of: [created]))
            try await whileTaking([fast]) {
                try await broker.mustPublish((0..<3_000).map { event($0, key: "a") })
                try await eventually { fast.taken.count >= 3_000 }
                try await broker.mustPublish((3_000..<3_200).map { event($0, key: "a") })
                #expect(try await redis("XLEN", "{order.created}:0").integer == 3_200)
                var taken: [Delivery] = []
                while taken.count < 2_000 {
                    if case .deliveries(let more) = await slow.next() { taken += more }
                }
                // All but one in the middle.
                slow.settle(taken.map(\.place).filter { $0 != taken[1_000].place })
                try await eventually {
                    try await broker.backlog(of: "slow", [created])[created] == 3_200 - taken.count + 1
                }
                try await broker.mustPublish((3_200..<3_400).map { event($0, key: "a") })
                try await eventually { try await redis("XLEN", "{order.created}:0").integer ?? 0 < 3_000 }
                let entries = try await redis("XRANGE", "{order.created}:0", "-", "+").array ?? []
                #expect(entries.count >= 2_400 && entries.count <= 2_600)
                slow.settle(taken.map(\.place))
                while taken.count < 3_400 {
                    guard case .deliveries(let more) = await slow.next() else { continue }
                    taken += more
                    slow.settle(more.map(\.place))
                }
                #expect(taken.compactMap(\.number) == Array(0..<3_400))
                try await eventually { try await broker.backlog(of: "slow", [created])[created] == 0 }
                try await eventually { fast.taken.count >= 3_400 }
                try await eventually { try await broker.backlog(of: "fast", [created])[created] == 0 }
                try await broker.mustPublish((3_400..<3_600).map { event($0, key: "a") })
                try await eventually { try await redis("XLEN", "{order.created}:0").integer ?? 0 <= 500 }
            }
        }
    }

    @Test func `of no group is shortened too`() async throws {
        try await withBroker(options: "", { ($0.lanes, $0.kept) = (1, 200) }) { _, broker, redis in
            try await broker.mustPublish((0..<1_000).map { event($0, key: "a") })
            try await eventually { try await redis("XLEN", "{order.created}:0").integer ?? 0 <= 400 }
        }
    }
}

@Suite struct `Dead letters in Redis` {
    /// Three messages taken by one member, for it to bury.
    private func withTaken(
        _ body: @escaping @Sendable (RedisBroker, RedisClient, any MessageSource, [Delivery]) async throws -> Void
    ) async throws {
        try await withBroker { _, broker, redis in
            try await broker.mustPublish([event(1, key: "a"), event(2, key: "b"), event(3, key: "a")])
            let source = try await broker.join("payments", of: [created])
            var taken: [Delivery] = []
            while taken.count < 3 { if case .deliveries(let more) = await source.next() { taken += more } }
            try await body(broker, redis, source, taken.sorted { ($0.number ?? 0) < ($1.number ?? 0) })
        }
    }

    private func letter(_ delivery: Delivery, _ reason: String = "no such order") -> DeadLetter {
        DeadLetter(
            id: .init(delivery.place, of: "payments"), key: delivery.key, body: delivery.body,
            headers: delivery.headers, reason: reason, attempts: 6, at: Timestamp(microseconds: 1_700_000_000_123_000))
    }

    @Test func `are there as they came, with the reason, and settled`() async throws {
        try await withTaken { broker, redis, source, taken in
            try await source.bury(letter(taken[0]))
            let all = try await broker.deadLetters.list([created], limit: 10)
            #expect(all.count == 1)
            let found = try #require(try await broker.deadLetters.find(.init(taken[0].place, of: "payments")))
            for one in all + [found] {
                #expect(
                    one.id == .init(taken[0].place, of: "payments") && one.key == "a" && one.body == Array("1".utf8))
                #expect(one.headers == ["trace": "t1"] && one.reason == "no such order" && one.attempts == 6)
                #expect(one.at == Timestamp(microseconds: 1_700_000_000_123_000))
            }
            #expect(try await broker.backlog(of: "payments", [created]) == [created: 2])
            let raw = try await redis("XRANGE", "{order.created}.dlq", "-", "+").array?.first?.array?.last
            #expect(raw?["failedAt"]?.text == "2023-11-14T22:13:20.123Z")
            #expect(raw?["group"]?.text == "payments")
            #expect(raw?["place"]?.text == "\(taken[0].place)")
        }
    }

    @Test func `cannot be doubled`() async throws {
        try await withTaken { broker, _, source, taken in
            try await source.bury(letter(taken[0]))
            try await source.bury(letter(taken[0]))
            source.settle([taken[1].place])
            try await eventually { try await broker.backlog(of: "payments", [created]) == [created: 1] }
            try await source.bury(letter(taken[1]))
            #expect(try await broker.deadLetters.list([created], limit: 10).count == 1)
        }
    }

    @Test func `are not written by who has lost the lane`() async throws {
        try await withTaken { broker, redis, source, taken in
            try await redis("SET", "\(taken[0].place.lane.keyInRedis):payments", "another")
            let (error, _) = await failure { try await source.bury(letter(taken[0])) }
            #expect((error as? BrokerFailure)?.kind == .unavailable)
            #expect(try await broker.deadLetters.list([created], limit: 10).isEmpty)
        }
    }

    @Test func `can be replayed and dropped, once`() async throws {
        try await withTaken { broker, _, source, taken in
            for delivery in taken { try await source.bury(letter(delivery, "\(delivery.number!)")) }
            let all = try await broker.deadLetters.list([created], limit: 2)
            #expect(all.map(\.reason) == ["1", "2"])
            #expect(try await broker.deadLetters.drop(all[1].id))
            #expect(try await broker.deadLetters.drop(all[1].id) == false)
            #expect(try await broker.replay(all[0].id, as: Clockwork.live.newUUID()))
            #expect(try await broker.replay(all[0].id, as: Clockwork.live.newUUID()) == false)
            guard case .deliveries(let again) = await source.next() else { Issue.record("nothing"); return }
            #expect(again.map(\.number) == [1] && again[0].headers == ["trace": "t1"] && again[0].key == "a")
            #expect(try await broker.deadLetters.list([created], limit: 10).map(\.reason) == ["3"])
        }
    }

    @Test func `are found among many`() async throws {
        try await withBroker { _, broker, redis in
            var request = RedisRequest()
            for number in 0..<1_000 {
                request.add(
                    "XADD", "{order.created}.dlq", "*", "key", "k", "body", "b", "reason", "r", "attempts", 1, "group",
                    "g", "failedAt", "2023-11-14T22:13:20.123Z", "place", "order.created~0~\(number)")
            }
            request.add("XADD", "{order.created}.dlq", "*", "what", "ever")
            _ = try await redis.send(request)
            #expect(try await broker.deadLetters.list([created], limit: 2_000).count == 1_000)
            let id = try #require(DeadLetter.Identifier("order.created~0~999~g"))
            #expect(try await broker.deadLetters.find(id)?.id == id)
            #expect(try await broker.deadLetters.drop(id))
            #expect(try await broker.deadLetters.find(id) == nil)
        }
    }
}

@Suite struct `Who listens to Redis` {
    @Test func `follows all that is published from now on`() async throws {
        try await withBroker { _, broker, _ in
            try await broker.mustPublish((0..<10).map { event($0, key: "\($0)") })
            let stream = try await broker.follow([created])
            try await broker.mustPublish((10..<510).map { event($0, key: "\($0)") })
            var numbers: [Int] = []
            for await delivery in stream {
                numbers.append(delivery.number ?? -1)
                if numbers.count == 500 { break }
            }
            #expect(numbers.sorted() == Array(10..<510))
        }
    }

    @Test func `hears what is broadcast, each of them`() async throws {
        try await withBroker { _, broker, redis in
            let first = try await broker.listen(to: "prices"), second = try await broker.listen(to: "prices")
            let other = try await broker.listen(to: "news")
            try await broker.broadcast([1, 2], on: "prices")
            try await broker.broadcast([3], on: "news")
            for (stream, body) in [(first, [1, 2]), (second, [1, 2]), (other, [3])] as [(AsyncStream<[UInt8]>, [UInt8])]
            {
                var iterator = stream.makeAsyncIterator()
                #expect(await iterator.next() == body)
            }
            #expect(try await redis("PUBSUB", "NUMSUB", "prices").array?.last?.integer == 1)
        }
    }

    @Test func `leaves its channel with the task that listened`() async throws {
        try await withBroker { _, broker, redis in
            let stream = try await broker.listen(to: "prices")
            let task = Task { for await _ in stream {} }
            task.cancel()
            await task.value
            try await eventually { try await redis("PUBSUB", "NUMSUB", "prices").array?.last?.integer == 0 }
        }
    }

    @Test func `ends with the broker`() async throws {
        try await withBroker { _, broker, _ in
            let followed = try await broker.follow([created]), heard = try await broker.listen(to: "prices")
            let source = try await broker.join("payments", of: [created])
            await broker.close()
            for await _ in followed {}
            for await _ in heard {}
            guard case .closed = await source.next() else { Issue.record("not closed"); return }
            #expect((await failure { try await broker.listen(to: "prices") }).error is BrokerFailure)
        }
    }
}
