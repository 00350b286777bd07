internal import Synchronization

/// How many connections the process still has room for, counted over all loops.
final class Places: Sendable {
    private let count: Int
    private let free: Atomic<Int>

    init(_ count: Int) {
        self.count = count
        free = Atomic(count)
    }

    var taken: Int { min(count, count - free.load(ordering: .relaxed)) }

    func take() -> Bool {
        if free.wrappingSubtract(1, ordering: .relaxed).newValue >= 0 { return true }
        give()
        return false
    }

    func give() { free.wrappingAdd(1, ordering: .relaxed) }
}
