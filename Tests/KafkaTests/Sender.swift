import Glibc
import TradewindKafka
import TradewindLocks
import TradewindMessaging
import TradewindTesting

/// Within which callers are told of a fault. Sanitizers make everything several times slower.
let soon: Duration =
    unsafe dlsym(nil, "__tsan_init") == nil && dlsym(nil, "__asan_init") == nil ? .seconds(2) : .seconds(6)

/// Publishes numbers, and as the outbox relay does what was not acknowledged again, in order, before anything else.
final class Sender: Sendable {
    static let keys = 7

    private struct State {
        var acknowledged = 0
        var slowest = Duration.zero
        var mustStop = false
    }
    private let bench: Bench
    private let state = Lock(State())

    init(_ bench: Bench) { self.bench = bench }

    var acknowledged: Int { state.withLock(\.acknowledged) }
    var slowest: Duration { state.withLock(\.slowest) }
    func stop() { state.withLock { $0.mustStop = true } }

    func run() async throws {
        var next = 0
        var open: [Envelope] = []
        while !open.isEmpty || !state.withLock(\.mustStop) {
            if open.isEmpty {
                open = bench.events(Self.keys, next..<next + 100)
                next += 100
            }
            let batch = open
            var results: [PublishResult] = []
            let took = await duration { results = await bench.broker.publish(batch) { _ in } }
            open = zip(batch, results).filter { $0.1 != .acknowledged }.map(\.0)
            let done = batch.count - open.count
            state.withLock { state in
                state.acknowledged += done
                state.slowest = max(state.slowest, took)
            }
        }
    }
}
