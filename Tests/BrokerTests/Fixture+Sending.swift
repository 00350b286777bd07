import Glibc
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindRuntime
import TradewindTesting

/// Within which callers are told of a fault. Sanitizers make everything several times slower.
let soon: Duration =
    unsafe dlsym(nil, "__tsan_init") == nil && dlsym(nil, "__asan_init") == nil ? .seconds(2) : .seconds(6)

/// Publishes numbers, and as the outbox relay does what was not acknowledged again, in order, before anything else.
final class Sender: Sendable {
    static let keys = 7

    private struct State {
        var acknowledged = 0
        var refusals = 0
        var slowest = Duration.zero
        var mustStop = false
    }
    private let broker: any Broker
    private let topic: EventName
    private let state = Lock(State())

    init(to topic: EventName, through broker: any Broker) { (self.topic, self.broker) = (topic, broker) }

    var acknowledged: Int { state.withLock(\.acknowledged) }
    /// How often an event was not taken.
    var refusals: Int { state.withLock(\.refusals) }
    var slowest: Duration { state.withLock(\.slowest) }
    func stop() { state.withLock { $0.mustStop = true } }

    func run() async throws {
        let clock = ContinuousClock()
        var next = 0
        var open: [Envelope] = []
        while !open.isEmpty || !state.withLock(\.mustStop) {
            if open.isEmpty {
                open = (next..<next + 70).map { number in
                    Envelope(
                        id: Clockwork.live.newUUID(), topic: topic, key: "key-\(number % Self.keys)",
                        body: Array("\(number)".utf8))
                }
                next += 70
            }
            let batch = open, start = clock.now
            let results = await broker.publish(batch, late: { _ in })
            let took = clock.now - start
            open = zip(batch, results).filter { $0.1 != .acknowledged }.map(\.0)
            let (done, left) = (batch.count - open.count, open.count)
            state.withLock { state in
                state.acknowledged += done
                state.refusals += left
                state.slowest = max(state.slowest, took)
            }
            // A flood is another test; this one leaves the machine to others.
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension Seen {
    /// The numbers of a key as they came first: what an inbox lets through.
    func firsts(of key: String) -> [Int] {
        var known: Set<Int> = []
        return texts(of: key).compactMap { Int($0) }.filter { known.insert($0).inserted }
    }
}
