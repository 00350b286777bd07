internal import Synchronization

/// The lines of one thread, or of a few that share a number. Nobody waits for it: whoever finds it in use goes on to
/// another.
///
/// Safety: `@unchecked Sendable` because `lines` is touched by the one who has taken `isTaken`, whose exchange acquires
/// what the release before it has written. Unchecked exclusivity for the same reason.
@safe final class Stripe: @unchecked Sendable {
    private let isTaken = Atomic<Bool>(false)
    @safe @exclusivity(unchecked) private var lines = LineBuffer()

    /// Nil when another thread is at it.
    @inline(__always)
    func tryUse<Result>(_ body: (inout LineBuffer) -> Result) -> Result? {
        if isTaken.exchange(true, ordering: .acquiring) { return nil }
        defer { isTaken.store(false, ordering: .releasing) }
        return body(&lines)
    }
}
