internal import Synchronization
package import TradewindDomain

extension Clockwork {
    /// Time that stands still until `clock` is wound, and ids that count: …-000000000001, …-000000000002.
    package static func manual(_ clock: ManualClock = ManualClock(), at start: Timestamp = .noon) -> Clockwork {
        let count = Counter()
        return Clockwork(
            now: { start + clock.now.sinceStart }, uptime: { clock.now.sinceStart },
            newUUID: { UUID(v7: UInt64(clamping: start.milliseconds), random: (0, count.next())) },
            sleep: { try await clock.sleep(for: $0) })
    }
}

extension Timestamp {
    /// 2025-06-14T12:00:00Z, a moment for tests that do not care.
    package static let noon = Timestamp(microseconds: 1_749_902_400_000_000)
}

private final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)
    func next() -> UInt64 { count.add(1, ordering: .relaxed).newValue }
}
