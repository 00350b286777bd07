internal import Synchronization

/// How long the turns of a loop took, each of which keeps later events waiting: counted by powers of two, by the loop's
/// thread alone and therefore with plain stores, and read by any thread.
package final class TurnTimes: Sendable {
    private static let shortest = 14  // 2^14 ns are 16 µs
    private static let count = 17

    /// Upper bounds in nanoseconds; what is above the last has a place of its own.
    package static let bounds = (0..<count - 1).map { 1 << (shortest + $0) }

    private let counts = InlineArray<17, Atomic<Int>> { _ in Atomic(0) }
    private let total = Atomic(0)

    func add(_ nanoseconds: Int64) {
        let bits = Int64.bitWidth - (max(nanoseconds, 1) - 1).leadingZeroBitCount
        let place = min(max(bits - Self.shortest, 0), Self.count - 1)
        counts[place].store(counts[place].load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        total.store(total.load(ordering: .relaxed) &+ Int(nanoseconds), ordering: .relaxed)
    }

    package var snapshot: (counts: [Int], nanoseconds: Int) {
        ((0..<Self.count).map { counts[$0].load(ordering: .relaxed) }, total.load(ordering: .relaxed))
    }
}
