internal import Synchronization
internal import TradewindLocks

/// Log lines on their way to the one thread that writes them. Each thread that logs has a buffer, so that a loop waits
/// for nobody; a buffer that is full takes no more, and what it refused is counted.
///
/// Lines that are told in words go into one buffer that all share, so that they stay in their order; what comes with
/// each request goes into the thread's own.
package final class LogQueue: Sendable {
    package enum Way: Sendable { case inOrder, ownThread }

    private final class Stripe: Sendable {
        let lines = Lock(LineBuffer())
    }

    private static let threads = 8
    /// From so many bytes on the writer need not wait for more.
    private static let worthwhile = 64 << 10

    private let limit: Int
    /// The shared one, and behind it those of the threads.
    private let stripes = (0...threads).map { _ in Stripe() }
    private let isAnnounced = Atomic<Bool>(false)
    private let refused = Atomic<Int>(0)
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - limit: bytes that may wait in each buffer.
    ///   - wake: lets the writer look; called seldom, from any thread.
    package init(limit: Int = 1 << 20, wake: @escaping @Sendable () -> Void) {
        (self.limit, self.wake) = (limit, wake)
    }

    /// Lines that found no room, since the start.
    package var refusedLines: Int { refused.load(ordering: .relaxed) }

    /// `body` writes one line, with its end.
    package func add(_ way: Way, isUrgent: Bool, _ body: (inout LineBuffer) -> Void) {
        let stripe = stripes[way == .inOrder ? 0 : 1 + threadNumber() & (Self.threads - 1)]
        let isEnough = stripe.lines.withLock { lines -> Bool? in
            let before = lines.count
            guard before < limit else { return nil }
            body(&lines)
            return before < Self.worthwhile && lines.count >= Self.worthwhile
        }
        guard let isEnough else {
            refused.wrappingAdd(1, ordering: .relaxed)
            return
        }
        if isEnough || isUrgent || !isAnnounced.load(ordering: .relaxed) { announce(isEnough || isUrgent) }
    }

    private func announce(_ isUrgent: Bool) {
        if !isAnnounced.exchange(true, ordering: .sequentiallyConsistent) || isUrgent { wake() }
    }

    /// Hands over all that waits; `spare` is what the next lines are written into. A line added meanwhile wakes again.
    package func drain(into spare: inout LineBuffer, _ body: (borrowing LineBuffer) -> Void) {
        isAnnounced.store(false, ordering: .sequentiallyConsistent)
        for stripe in stripes {
            stripe.lines.withLock { lines in if !lines.isEmpty { swap(&lines, &spare) } }
            if spare.isEmpty { continue }
            body(spare)
            spare.clear()
        }
    }
}
