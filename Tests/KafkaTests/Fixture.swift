import Foundation
import Synchronization
import Testing
import TradewindDomain
import TradewindKafka
import TradewindLocks
import TradewindMessaging
import TradewindReactor
import TradewindTesting

/// What a test has of Kafka: a topic and a group that nobody else has.
struct Bench: Sendable {
    let server: KafkaServer, settings: KafkaSettings, topic: EventName, group: String
    let loops: EventLoopGroup, workers: WorkerPool
    let broker: KafkaBroker

    func another(_ change: (inout KafkaSettings) -> Void = { _ in }) throws -> KafkaBroker {
        var settings = settings
        change(&settings)
        return try KafkaBroker(on: loops, workers: workers, settings: settings)
    }

    func join() async throws -> any MessageSource { try await broker.join(group, of: [topic]) }

    /// Publishes them and fails when one is not acknowledged.
    func publish(_ events: [Envelope]) async throws {
        let failure = await broker.publish(events) { _ in }.first { $0 != .acknowledged }
        #expect(failure == nil)
    }

    func event(_ key: String, _ body: String, headers: [String: String] = [:]) -> Envelope {
        Envelope(id: .next(), topic: topic, key: key, body: Array(body.utf8), headers: headers)
    }

    func events(_ keys: Int, _ numbers: Range<Int>) -> [Envelope] {
        numbers.map { event("key-\($0 % keys)", "\($0)") }
    }
}

extension TradewindDomain.UUID {
    private static let count = Atomic<UInt64>(0)
    static func next() -> Self { Self(high: 1, low: count.add(1, ordering: .relaxed).newValue) }
}

private let start = Int(Date().timeIntervalSince1970)

/// Against the Kafka of all tests, or one of its own.
func withKafka(
    on server: KafkaServer? = nil, partitions: Int = 4, _ change: (inout KafkaSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (Bench) async throws -> Void
) async throws {
    if let why = KafkaServer.whyUnusable { try Test.cancel("\(why)") }
    let kafka = if let server { server } else { try await KafkaServer.forAll() }
    let name = "test.\(start).\(TradewindDomain.UUID.next().low)"
    var settings = KafkaSettings(kafka.brokers)
    settings.partitions = partitions
    // Most tests say what happens, not how fast: the machine may do other things too.
    (settings.silence, settings.patience) = (.seconds(30), .seconds(30))
    change(&settings)
    let workers = WorkerPool(threads: 4, queueLimit: 64)
    defer { workers.shutDown() }
    try await withLoops(2) { loops in
        let broker = try KafkaBroker(on: loops, workers: workers, settings: settings)
        let bench = Bench(
            server: kafka, settings: settings, topic: EventName(name), group: "group-\(name)", loops: loops,
            workers: workers, broker: broker)
        kafka.imitate([(name, partitions), ("\(name).dlq", 1), ("tradewind.broadcast", 1)])
        try await eventually("the topics") { (try? await broker.prepare([bench.topic])) != nil }
        do {
            try await body(bench)
            await broker.close()
        } catch {
            await broker.close()
            throw error
        }
    }
}

extension Bench {
    /// For what the imitation does not know.
    func needsRealKafka() throws {
        guard server.isReal else { try Test.cancel("there is no Kafka: set KAFKA_BROKERS or TRADEWIND_KAFKA") }
    }
}

extension Delivery {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Takes from a source as many messages as are wanted; revoked lanes are released at once.
func take(
    _ count: Int, from source: any MessageSource, settling: Bool = true, within limit: Duration = .seconds(30)
) async throws -> [Delivery] {
    try await within(limit, "\(count) messages") {
        var taken: [Delivery] = []
        while taken.count < count {
            switch await source.next() {
            case .deliveries(let more):
                taken += more
                if settling { source.settle(more.map(\.place)) }
            case .revoked(let lanes): source.release(lanes)
            case .lost, .closed: throw DidNotHappen("\(count) messages; \(taken.count) until the source closed")
            }
        }
        return taken
    }
}

func within<Result: Sendable>(
    _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw DidNotHappen("\(what) within \(limit)")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw DidNotHappen(what) }
        return first
    }
}

func duration(of body: () async throws -> Void) async rethrows -> Duration {
    let clock = ContinuousClock()
    return try await clock.measure(body)
}
