/// A moment at which something must have happened, moved freely before it comes: setting a later target is one store.
///
/// Nearly every deadline of a server is moved long before it passes (each request pushes the idle timeout away), so a
/// deadline keeps one entry in the loop's heap, at most `Timers.patience` ahead, and looks at its target when that
/// fires.
package final class Deadline {
    // Unchecked exclusivity: single loads and stores on the loop.
    @safe @exclusivity(unchecked) fileprivate(set) var target = Instant.distantFuture
    @safe @exclusivity(unchecked) fileprivate var queuedAt = Instant.distantFuture
    fileprivate let action: () -> Void

    init(action: @escaping () -> Void) { self.action = action }
}

/// The loop's deadlines in a binary heap. Pure: it is told what time it is.
struct Timers {
    /// The furthest ahead that an entry is queued. Longer waits look again, which costs 0.2 wake-ups a second each.
    static let patience = Timeout(.seconds(5))

    private struct Entry {
        let at: Instant
        let deadline: Deadline
    }

    private var heap: [Entry] = []

    var isEmpty: Bool { heap.isEmpty }
    var next: Instant? { heap.first?.at }

    mutating func set(_ deadline: Deadline, to target: Instant, now: Instant) {
        deadline.target = target
        guard target != .distantFuture else { return }
        let at = min(target, now + Self.patience)
        if at < deadline.queuedAt { push(deadline, at: at) }
    }

    /// The next deadline that has passed, disarmed; nil when there is none. Call until nil, then look at `next`.
    mutating func popPassed(now: Instant) -> Deadline? {
        while let first = heap.first, first.at <= now {
            let entry = removeFirst()
            let deadline = entry.deadline
            guard entry.at == deadline.queuedAt else { continue }  // moved nearer since: a fresher entry stands
            deadline.queuedAt = .distantFuture
            if deadline.target <= now {
                deadline.target = .distantFuture
                return deadline
            }
            if deadline.target != .distantFuture { push(deadline, at: min(deadline.target, now + Self.patience)) }
        }
        return nil
    }

    private mutating func push(_ deadline: Deadline, at: Instant) {
        deadline.queuedAt = at
        heap.append(Entry(at: at, deadline: deadline))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].at < heap[parent].at else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func removeFirst() -> Entry {
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].at < heap[smallest].at
            {
                smallest = child
            }
            guard smallest != parent else { return first }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}

extension Deadline {
    func fire() { action() }
}
