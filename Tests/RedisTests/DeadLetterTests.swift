import Testing
import TradewindDomain
import TradewindMessaging
import TradewindReactor
import TradewindRedis
internal import TradewindRuntime
import TradewindTesting

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
