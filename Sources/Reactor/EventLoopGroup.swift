internal import Synchronization

/// The loops of a process, one a core.
package final class EventLoopGroup: Sendable {
    package let loops: [EventLoop]
    private let turn = Atomic<Int>(0)

    package init(count: Int) throws(SystemError) {
        precondition(count > 0)
        var loops: [EventLoop] = []
        for index in 0..<count { loops.append(try EventLoop(index: index)) }
        self.loops = loops
        for loop in loops { loop.start() }
    }

    /// The caller's own loop when it is on one of these, else each in turn.
    package func next() -> EventLoop {
        if let current = EventLoop.current, loops.indices.contains(current.index), loops[current.index] === current {
            return current
        }
        return loops[Int(bitPattern: UInt(bitPattern: turn.wrappingAdd(1, ordering: .relaxed).newValue)) % loops.count]
    }

    /// Ends every loop after the work already queued on it, and waits for their threads. Not from a loop's own thread.
    package func shutDown() {
        for loop in loops { loop.stop() }
    }
}
