import Testing
import TradewindDomain
import TradewindMessaging
import TradewindReactor
import TradewindRedis
import TradewindTesting

@Suite struct `What Redis keeps of a topic` {
    @Test func `is shortened, and never by what a group has not settled`() async throws {
        // Nobody is to lose the lane because the machine is slow: what is in hand would come again.
        let settings = { @Sendable (settings: inout RedisBroker.Settings) in
            (settings.lanes, settings.kept, settings.lease) = (1, 200, .seconds(60))
        }
        try await withBroker(options: "", settings) { _, broker, redis in
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
