internal import Glibc
internal import Synchronization
internal import TradewindLocks

/// Log lines on their way to the one thread that writes them. Each thread that logs has a buffer, so that a loop waits
/// for nobody (`Stripe`); a buffer that is full takes no more, and what it refused is counted.
///
/// Lines that are told in words go into one buffer that all share, so that they stay in their order; what comes with
/// each request goes into the thread's own.
package final class LogQueue: Sendable {
    package enum Way: Sendable { case inOrder, ownThread }

    private static let threads = 8
    /// From so many bytes on the writer need not wait for more.
    private static let worthwhile = 64 << 10

    private let limit: Int
    private let order = Lock(())
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
        switch way {
        case .inOrder:
            // Only the writer, for a moment in which it changes buffers, can be there as well.
            order.withLock { _ in while !add(to: stripes[0], isUrgent, body) { sched_yield() } }
        case .ownThread:
            var next = threadNumber()
            while !add(to: stripes[1 + next & (Self.threads - 1)], isUrgent, body) { next += 1 }
        }
    }

    /// False when another thread is at the stripe.
    @inline(__always)
    private func add(to stripe: Stripe, _ isUrgent: Bool, _ body: (inout LineBuffer) -> Void) -> Bool {
        let isEnough = stripe.tryUse { lines -> Bool in
            let before = lines.count
            guard before < limit else {
                refused.wrappingAdd(1, ordering: .relaxed)
                return false
            }
            body(&lines)
            return before < Self.worthwhile && lines.count >= Self.worthwhile
        }
        guard let isEnough else { return false }
        if isEnough || isUrgent || !isAnnounced.load(ordering: .relaxed) { announce(isEnough || isUrgent) }
        return true
    }

    private func announce(_ isUrgent: Bool) {
        if !isAnnounced.exchange(true, ordering: .sequentiallyConsistent) || isUrgent { wake() }
    }

    /// Hands over all that waits; `spare` is what the next lines are written into. A line added meanwhile wakes again.
    package func drain(into spare: inout LineBuffer, _ body: (borrowing LineBuffer) -> Void) {
        isAnnounced.store(false, ordering: .sequentiallyConsistent)
        for stripe in stripes {
            // The one who may wait is the writer: were it to pass over a buffer in use, a line could stay there whose
            // thread has already seen that the writer is awake.
            while stripe.tryUse({ lines -> Void in swap(&lines, &spare) }) == nil { sched_yield() }
            if spare.isEmpty { continue }
            body(spare)
            spare.clear()
        }
    }
}
