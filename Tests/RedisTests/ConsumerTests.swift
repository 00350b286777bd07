import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindReactor
import TradewindRedis
import TradewindRuntime
import TradewindTesting

@Suite struct `Consumers on Redis` {
    private final class Journal: Sendable {
        private let handled = Lock<[(key: String, number: Int)]>([])
        var count: Int { handled.withLock { Set($0.map(\.number)).count } }
        var all: [(key: String, number: Int)] { handled.withLock { $0 } }
        func note(_ delivery: Delivery) { handled.withLock { $0.append((delivery.key, delivery.number ?? -1)) } }
    }

    private struct Wrong: Error {}

    private func consumer(_ broker: RedisBroker, _ journal: Journal) -> Consumer {
        var settings = Consumer.Settings()
        (settings.retry.attempts, settings.retry.shortest) = (2, .milliseconds(5))
        let subscription = Subscription(created) { delivery in
            if delivery.key == "poison" { throw Wrong() }
            try await Task.sleep(for: .milliseconds(1))
            journal.note(delivery)
        }
        return Consumer("payments", on: broker, [subscription], settings: settings, clockwork: .live)
    }

    @Test func `keep the order of each key while one of three vanishes, and bury what they cannot handle`() async throws
    {
        try await withBroker { _, broker, redis in
            let group = try EventLoopGroup(count: 1)
            let workers = WorkerPool(threads: 1, queueLimit: 4)
            let gone = RedisClient(on: group, workers: workers, settings: redis.settings)
            let journal = Journal()
            let consumers = [broker, broker, RedisBroker(gone)].map { consumer($0, journal) }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for consumer in consumers { tasks.addTask { await consumer.run() } }
                try await eventually("three members") { try await shares(of: created, redis) == [2, 3, 3] }
                for batch in 0..<20 {
                    if batch == 5 { gone.shutDown() }
                    let numbers = batch * 100..<batch * 100 + 100
                    try await broker.mustPublish(numbers.map { event($0, key: $0 % 50 == 7 ? "poison" : "\($0 % 32)") })
                }
                try await eventually { journal.count >= 2_000 - 40 }
                try await eventually { try await broker.backlog(of: "payments", [created]) == [created: 0] }
                tasks.cancelAll()
            }
            for key in 0..<32 {
                var seen: Set<Int> = []
                let own = journal.all.filter { $0.key == "\(key)" && seen.insert($0.number).inserted }.map(\.number)
                #expect(own == own.sorted())
            }
            let letters = try await broker.deadLetters.list([created], limit: 100)
            #expect(Set(letters.compactMap { Int(String(decoding: $0.body, as: UTF8.self)) }).count == 40)
            #expect(letters.count == 40)
            #expect(letters.allSatisfy { $0.attempts == 2 && $0.key == "poison" && $0.id.group == "payments" })
            group.shutDown()
            workers.shutDown()
        }
    }
}
