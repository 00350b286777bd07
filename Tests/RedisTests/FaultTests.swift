import Synchronization
import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindReactor
import TradewindRedis
import TradewindTesting

@Suite(.serialized) struct `When Redis` {
    private final class Log: Sendable {
        let acknowledged = Lock<[Int]>([])
        let failures = Lock<[PublishResult]>([])
        let slowest = Lock<Duration>(.zero)
        let isOver = Atomic<Bool>(false)
        var count: Int { acknowledged.withLock { $0.count } }
    }

    private final class Noted<Element: Hashable & Sendable>: Sendable {
        private let elements = Lock<Set<Element>>([])
        var all: Set<Element> { elements.withLock { $0 } }
        func note(_ element: Element) { elements.withLock { _ = $0.insert(element) } }
    }

    /// A publisher that tries each event until it is acknowledged, as an outbox does, and a member that takes them,
    /// while `body` does something to the server. What was acknowledged must be taken, each key in its order.
    private func whileWorking(
        on broker: RedisBroker, keepsAll: Bool = true, _ body: @escaping @Sendable (Log) async throws -> Void
    ) async throws {
        let log = Log()
        let taker = Taker(try await broker.join("payments", of: [created]))
        try await whileTaking([taker]) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var next = 0
                    let clock = ContinuousClock()
                    while !log.isOver.load(ordering: .relaxed) {
                        let start = clock.now
                        let batch = (next..<next + 8).map { event($0, key: "key\($0 % 8)") }
                        let results = await broker.publish(batch)
                        log.slowest.withLock { $0 = max($0, clock.now - start) }
                        if results.allSatisfy({ $0 == .acknowledged }) {
                            log.acknowledged.withLock { $0 += next..<next + 8 }
                            next += 8
                        } else {
                            log.failures.withLock { $0 += results.filter { $0 != .acknowledged } }
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
                defer { log.isOver.store(true, ordering: .relaxed) }
                try await eventually { log.count > 200 }
                try await body(log)
                let (before, taken) = (log.count, taker.taken.count)
                try await eventually(within: .seconds(5) + soon - .seconds(2), "full service") {
                    log.count > before + 200 && taker.taken.count > taken + 200
                }
            }
            if keepsAll {
                let all = log.acknowledged.withLock { Set($0) }
                try await eventually { Set(taker.numbers).isSuperset(of: all) }
            }
        }
        // Ones that come again aside.
        for key in 0..<8 {
            var seen: Set<Int> = []
            let own = taker.numbers.filter { $0 % 8 == key && seen.insert($0).inserted }
            #expect(own == own.sorted())
        }
        #expect(log.slowest.withLock { $0 } < soon)
        let failures = log.failures.withLock { $0 }
        #expect(failures.allSatisfy { if case .unavailable = $0 { true } else { false } })
    }

    @Test func `is killed and comes back, nothing is lost and service goes on`() async throws {
        try await withBroker { server, broker, _ in
            try await whileWorking(on: broker) { log in
                for _ in 0..<3 {
                    let failures = log.failures.withLock { $0.count }
                    try await server.kill()
                    try await eventually { log.failures.withLock { $0.count } > failures }
                    try await server.start()
                    let before = log.count
                    try await eventually { log.count > before + 50 }
                }
            }
        }
    }

    @Test func `is frozen, callers are told within two seconds, and service goes on`() async throws {
        try await withBroker { server, broker, redis in
            try await whileWorking(on: broker) { log in
                try await server.freeze()
                try await eventually { log.failures.withLock { !$0.isEmpty } }
                for _ in 0..<3 {
                    let (error, time) = await failure { try await redis("GET", "x") }
                    #expect(error is RedisError && time < soon)
                    let (other, after) = await failure { try await broker.check() }
                    #expect((other as? BrokerFailure)?.kind == .unavailable && after < soon)
                }
                // Longer than leases last.
                try await Task.sleep(for: .seconds(4))
                try await server.thaw()
            }
        }
    }

    @Test func `is emptied while it works, topics and groups are made again`() async throws {
        try await withBroker { _, broker, redis in
            try await whileWorking(on: broker, keepsAll: false) { log in
                for _ in 0..<3 {
                    try await redis("FLUSHALL")
                    let before = log.count
                    try await eventually { log.count > before + 50 }
                }
            }
        }
    }

    @Test func `comes back without its data, topics and groups are made again`() async throws {
        try await withBroker { server, broker, _ in
            try await whileWorking(on: broker, keepsAll: false) { _ in
                try await server.kill()
                try await server.empty()
                try await server.start()
            }
        }
    }

    @Test func `loses a group by hand, it begins again at the beginning`() async throws {
        try await withBroker { _, broker, redis in
            let taker = Taker(try await broker.join("payments", of: [created]))
            try await whileTaking([taker]) {
                try await broker.mustPublish((0..<8).map { event($0, key: "a") })
                try await eventually { taker.taken.count >= 8 }
                let lane = try #require(taker.taken.first?.place.lane)
                try await redis("XGROUP", "DESTROY", lane.keyInRedis, "payments")
                try await broker.mustPublish([event(8, key: "a")])
                try await eventually { taker.taken.count >= 17 }
            }
            #expect(taker.numbers == Array(0..<8) + Array(0...8))
        }
    }

    @Test func `holds what strangers wrote, their lane goes on and so do the others`() async throws {
        try await withBroker { _, broker, redis in
            let taker = Taker(try await broker.join("payments", of: [created]))
            try await whileTaking([taker]) {
                try await broker.mustPublish((0..<100).map { event($0, key: "\($0)") })
                try await eventually { taker.taken.count >= 100 }
                // Not a stream at all.
                try await redis("SET", "{order.created}:0", "mine")
                let results = await broker.publish((100..<200).map { event($0, key: "\($0)") })
                let refused = results.count { if case .refused = $0 { true } else { false } }
                #expect(refused > 0 && results.count { $0 == .acknowledged } == 100 - refused)
                try await eventually { taker.taken.count >= 200 - refused }
                try await redis("DEL", "{order.created}:0")
                try await broker.mustPublish((200..<300).map { event($0, key: "\($0)") })
                try await eventually { Set(taker.numbers).isSuperset(of: 200..<300) }
                // Entries that are not ours.
                try await redis("XADD", "{order.created}:1", "*", "what", "ever", "key", "k")
                try await redis("XADD", "{order.created}:1", "*", "", "")
                try await eventually { taker.taken.count { $0.body.isEmpty } >= 2 }
                let odd = try #require(taker.taken.first { $0.key == "k" })
                #expect(odd.headers == ["what": "ever"] && odd.place.lane == Lane(created, 1))
            }
        }
    }

    @Test func `removes entries that were delivered, they are not missed`() async throws {
        try await withBroker { _, broker, redis in
            try await broker.mustPublish((0..<10).map { event($0, key: "a") })
            let first = try await broker.join("payments", of: [created])
            guard case .deliveries(let taken) = await first.next() else { Issue.record("nothing"); return }
            await first.close()
            for delivery in taken.prefix(3) {
                let position = delivery.place.position
                try await redis(
                    "XDEL", delivery.place.lane.keyInRedis, "\(position >> 64)-\(position & UInt128(UInt64.max))")
            }
            let second = Taker(try await broker.join("payments", of: [created]))
            try await whileTaking([second]) {
                try await eventually { second.taken.count >= 7 }
                try await eventually { try await broker.backlog(of: "payments", [created]) == [created: 0] }
            }
            #expect(second.numbers == Array(3..<10))
        }
    }

    @Test func `comes back, listeners hear again without having asked`() async throws {
        try await withBroker { server, broker, _ in
            let heard = Noted<[UInt8]>(), numbers = Noted<Int>()
            let stream = try await broker.listen(to: "prices")
            let followed = try await broker.follow([created])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await body in stream { heard.note(body) } }
                group.addTask { for await one in followed { numbers.note(one.number ?? -1) } }
                try await broker.broadcast([1], on: "prices")
                try await eventually { heard.all.contains([1]) }
                try await server.kill()
                try await server.start()
                try await eventually {
                    _ = await failure { try await broker.broadcast([2], on: "prices") }
                    return heard.all.contains([2])
                }
                try await broker.mustPublish((0..<20).map { event($0, key: "\($0)") })
                try await eventually { numbers.all == Set(0..<20) }
                group.cancelAll()
            }
        }
    }

    @Test(arguments: [true, false]) func `is gone or frozen, nobody waits long for our end`(isFrozen: Bool) async throws
    {
        try await withBroker { server, broker, _ in
            let taker = Taker(try await broker.join("payments", of: [created]), settles: false)
            let stream = try await broker.listen(to: "prices")
            try await whileTaking([taker]) {
                try await broker.mustPublish((0..<20).map { event($0, key: "\($0)") })
                try await eventually { taker.taken.count >= 20 }
                if isFrozen { try await server.freeze() } else { try await server.kill() }
                taker.source.settle(taker.taken.map(\.place))
                let clock = ContinuousClock(), start = clock.now
                await broker.close()
                #expect(clock.now - start < soon)
                for await _ in stream {}
            }
        }
    }

    @Test func `is not there at the start, the answer says so and the next attempt succeeds`() async throws {
        try await withBroker { server, broker, redis in
            try await server.kill()
            let (error, time) = await failure { try await broker.join("payments", of: [created]) }
            #expect((error as? BrokerFailure)?.kind == .unavailable && time < soon)
            #expect("\(error as Any)".contains("127.0.0.1:\(redis.settings.port) refuses the connection"))
            guard case .unavailable = await broker.publish([event(1)])[0] else { Issue.record("published"); return }
            try await server.start()
            try await eventually { (try? await broker.check()) != nil }
            let taker = Taker(try await broker.join("payments", of: [created]))
            try await whileTaking([taker]) {
                try await broker.mustPublish([event(1)])
                try await eventually { taker.numbers == [1] }
            }
        }
    }
}
