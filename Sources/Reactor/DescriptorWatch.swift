internal import CLinux

/// Watches a descriptor that a C library owns (libpq, hiredis, librdkafka) on a loop. Level-triggered, because such a
/// library decides itself how much it reads, and what it leaves must be announced again. Stops when dropped: best on
/// its loop, for elsewhere the descriptor must stay open until the loop's next turn.
package final class DescriptorWatch: Watcher {
    package struct Events: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let readable = Events(rawValue: 1), writable = Events(rawValue: 2), dead = Events(rawValue: 4)
    }

    private let loop: EventLoop
    private let raw: CInt
    private let handler: (Events) -> Void
    private var token: Poller.Token?

    /// Watches nothing until `set`. The descriptor must outlive the watch.
    package init(_ raw: CInt, on loop: EventLoop, _ handler: @escaping (Events) -> Void) throws(SystemError) {
        (self.raw, self.loop, self.handler) = (raw, loop, handler)
        token = try loop.add(raw, for: 0, Relay(self))
    }

    package func set(reading: Bool, writing: Bool) throws(SystemError) {
        guard let token else { return }
        let interests = (reading ? EPOLLIN.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
        try loop.change(raw, to: interests, token)
    }

    package func stop() {
        guard let token else { return }
        loop.remove(raw, token)
        self.token = nil
    }

    deinit {
        guard let token else { return }
        loop.execute { [loop, raw] in loop.remove(raw, token) }
    }

    func ready(_ readiness: Readiness) {
        var events: Events = []
        if readiness.contains(.readable) { events.insert(.readable) }
        if readiness.contains(.writable) { events.insert(.writable) }
        if !readiness.isDisjoint(with: .dead) { events.insert(.dead) }
        handler(events)
    }

    /// The loop's table holds this one, so that dropping the watch ends it.
    private final class Relay: Watcher {
        weak var watch: DescriptorWatch?
        init(_ watch: DescriptorWatch) { self.watch = watch }
        func ready(_ readiness: Readiness) { watch?.ready(readiness) }
    }
}
