import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindRuntime
import TradewindTesting

/// What has been seen, by whom, in which order.
final class Seen: Sendable {
    private let entries = Lock<[(who: String, key: String, text: String)]>([])

    func note(_ delivery: Delivery, by who: String = "one") {
        entries.withLock { $0.append((who, delivery.key, String(decoding: delivery.body, as: UTF8.self))) }
    }

    var count: Int { entries.withLock { $0.count } }
    func texts(of key: String) -> [String] { entries.withLock { $0 }.filter { $0.key == key }.map(\.text) }
    func texts(by who: String) -> [String] { entries.withLock { $0 }.filter { $0.who == who }.map(\.text) }
    var texts: [String] { entries.withLock { $0 }.map(\.text) }
}

extension Carrier {
    /// Opens the broker, or skips the case and says why.
    func use(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        if let why = try await whyMissing() { try Test.cancel("\(why)") }
        try await open(body)
    }
}

extension Site {
    func name(_ base: String) -> String { "\(base)-\(suffix)" }
    func topic(_ base: String) -> EventName { EventName("\(base)-\(suffix)") }

    /// A broker says "in hand" when it has the message and will tell later that everybody handled it.
    func publish(_ texts: [String], key: String = "k", to topic: EventName) async throws {
        let events = texts.map { text in
            Envelope(id: Clockwork.live.newUUID(), topic: topic, key: key, body: Array(text.utf8))
        }
        let results = await broker.publish(events, late: { _ in })
        #expect(results.count == events.count)
        #expect(results.allSatisfy { $0 == .acknowledged || $0 == .inHand }, "\(results)")
    }

    /// Runs a consumer while `body` runs, then lets it finish.
    func consuming(
        _ group: String, _ subscriptions: [Subscription], settings: Consumer.Settings = .quick,
        observer: ConsumerObserver = ConsumerObserver(), _ body: @Sendable (Consumer) async throws -> Void
    ) async throws {
        let consumer = Consumer(
            name(group), on: broker, subscriptions, settings: settings, clockwork: .live, observer: observer)
        let (joined, hasJoined) = AsyncStream<Void>.makeStream()
        let running = Task { await consumer.run { hasJoined.finish() } }
        for await _ in joined {}
        let result = await Result { try await body(consumer) }
        consumer.stop()
        await running.value
        try result.get()
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension Consumer.Settings {
    /// Retries come at once.
    static var quick: Self {
        var settings = Self()
        settings.retry.shortest = .milliseconds(1)
        settings.retry.longest = .milliseconds(5)
        settings.retry.attempts = 4
        return settings
    }
}

struct Failed: Error {}
