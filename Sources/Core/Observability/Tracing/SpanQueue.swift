internal import Synchronization
internal import TradewindLocks

/// Spans on their way to a collector. Bounded: while nobody takes them, later ones are dropped and counted, and what
/// a request pays is the same.
package final class SpanQueue: Sendable {
    private let limit: Int
    private let waiting = Lock<[SpanRecord]>([])
    private let lost = Atomic<Int>(0)
    private let onBatch: @Sendable () -> Void
    private let batch: Int

    /// `onBatch` is called when a whole batch has come together. With a limit of 0 nobody collects, and none is lost.
    package init(limit: Int, batch: Int = 512, onBatch: @escaping @Sendable () -> Void = {}) {
        (self.limit, self.batch, self.onBatch) = (limit, batch, onBatch)
    }

    /// Since the start.
    package var dropped: Int { lost.load(ordering: .relaxed) }
    package func drop(_ count: Int) { lost.wrappingAdd(count, ordering: .relaxed) }
    package var count: Int { waiting.withLock(\.count) }

    func add(_ span: SpanRecord) {
        guard limit > 0 else { return }
        let count: Int? = waiting.withLock { waiting in
            guard waiting.count < limit else { return nil }
            waiting.append(span)
            return waiting.count
        }
        guard let count else { return drop(1) }
        if count == batch { onBatch() }
    }

    /// The oldest, no more than a batch.
    package func take() -> [SpanRecord] {
        waiting.withLock { waiting in
            let taken = Array(waiting.prefix(batch))
            waiting.removeFirst(taken.count)
            return taken
        }
    }
}
