import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindReactor
import TradewindRedis
import TradewindTesting

let created: EventName = "order.created"

/// A server, and a broker on it whose members are missed soon.
func withBroker(
    options: String = "", _ change: @escaping @Sendable (inout RedisBroker.Settings) -> Void = { _ in },
    _ body: @escaping @Sendable (RedisServer, RedisBroker, RedisClient) async throws -> Void
) async throws {
    try await withRedis(options: options) { server, redis in
        try await withBroker(redis, change) { try await body(server, $0, redis) }
    }
}

func withBroker(
    _ redis: RedisClient, _ change: @Sendable (inout RedisBroker.Settings) -> Void = { _ in },
    _ body: (RedisBroker) async throws -> Void
) async throws {
    var settings = RedisBroker.Settings()
    change(&settings)
    let broker = RedisBroker(redis, settings: settings)
    do { try await body(broker) } catch {
        await broker.close()
        throw error
    }
    await broker.close()
}

/// An event whose body is the number, so that tests see order.
func event(_ number: Int, key: String = "", topic: EventName = created) -> Envelope {
    Envelope(
        id: UUID(high: 7, low: UInt64(number)), topic: topic, key: key, body: Array("\(number)".utf8),
        headers: number % 2 == 0 ? [:] : ["trace": "t\(number)"])
}

extension Delivery {
    var number: Int? { Int(String(decoding: body, as: UTF8.self)) }
}

extension RedisBroker {
    func publish(_ events: [Envelope]) async -> [PublishResult] { await publish(events, late: { _ in }) }

    func mustPublish(_ events: [Envelope]) async throws {
        let results = await publish(events)
        try #require(
            results.count == events.count && results.allSatisfy { $0 == .acknowledged }, "\(results.prefix(3))")
    }
}

/// How many lanes each member of the group `payments` has, as Redis says.
func shares(of topic: EventName, _ redis: RedisClient) async throws -> [Int] {
    var request = RedisRequest()
    for lane in 0..<8 { request.add("GET", "{\(topic)}:\(lane):payments") }
    let holders = try await redis.send(request).compactMap(\.text)
    return Dictionary(grouping: holders) { $0 }.values.map(\.count).sorted()
}

/// A consumer without rules of its own: takes what comes, gives back at once what it shall.
final class Taker: Sendable {
    let source: any MessageSource
    private let state = Lock<(taken: [Delivery], lanes: Set<Lane>, revoked: [Lane])>(([], [], []))
    let settles: Bool
    let releases: Bool

    init(_ source: any MessageSource, settles: Bool = true, releases: Bool = true) {
        (self.source, self.settles, self.releases) = (source, settles, releases)
    }

    var taken: [Delivery] { state.withLock { $0.taken } }
    var revoked: [Lane] { state.withLock { $0.revoked } }
    var numbers: [Int] { taken.compactMap(\.number) }

    func run() async {
        while true {
            switch await source.next() {
            case .deliveries(let deliveries):
                state.withLock { $0.taken += deliveries }
                if settles { source.settle(deliveries.map(\.place)) }
            case .revoked(let lanes):
                state.withLock { $0.revoked += lanes }
                if releases { source.release(lanes) }
            case .lost, .closed: return
            }
        }
    }
}

/// Takers that run while `body` does.
func whileTaking(_ takers: [Taker], _ body: @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for taker in takers { group.addTask { await taker.run() } }
        try await body()
        group.cancelAll()
    }
}
