import Testing
import TradewindDomain
import TradewindMessaging
import TradewindReactor
import TradewindRedis
import TradewindTesting

@Suite struct `Messages in the hands of members on Redis` {
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
}
