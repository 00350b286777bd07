internal import TradewindReactor

/// The tasks of a loop that have requests answered: as many as there are requests in hand, not as there are
/// connections.
///
/// A task keeps the memory of its deepest call for as long as it lives, some kilobytes. Ten thousand connections, most
/// of which rest, share a few tasks and so hold that memory a few times.
final class Crew {
    private let loop: EventLoop
    private var idle: [Hand] = []
    private var isDismissed = false
    /// As many as one turn of a loop can put to work; those beyond were needed for a moment only.
    private let most = 256

    init(of loop: EventLoop) { self.loop = loop }

    func serve(_ connection: HTTPConnection) {
        if let hand = idle.popLast() {
            hand.take(connection)
        } else {
            Hand(of: self).start(with: connection, on: loop)
        }
    }

    /// Nobody has anything more to do.
    func dismiss() {
        isDismissed = true
        for hand in idle { hand.leave() }
        idle = []
    }

    /// False when the hand is not needed any longer.
    fileprivate func keep(_ hand: Hand) -> Bool {
        guard !isDismissed, idle.count < most else { return false }
        idle.append(hand)
        return true
    }
}

/// One task that serves a connection, and then another one.
///
/// Safety: `@unchecked Sendable` because it is confined to its crew's loop.
@safe final class Hand: @unchecked Sendable {
    private let crew: Crew
    private var task: Task<Void, Never>?
    @safe @exclusivity(unchecked) private var connection: HTTPConnection?
    @safe @exclusivity(unchecked) private var waiting: UnsafeContinuation<Void, Never>?

    fileprivate init(of crew: Crew) { self.crew = crew }

    fileprivate func start(with first: HTTPConnection, on loop: EventLoop) {
        connection = first
        first.hand = self
        task = Task(executorPreference: loop) { [self] in await work() }
    }

    fileprivate func take(_ next: HTTPConnection) {
        connection = next
        next.hand = self
        unsafe waiting?.resume()
    }

    fileprivate func leave() { unsafe waiting?.resume() }

    /// Cancels what is done for the connection. The task stays cancelled, so this is its last.
    func cancel() { task?.cancel() }

    private func work() async {
        while let current = connection {
            let rests = await current.serve()
            connection = nil
            current.hand = nil
            if !rests { current.leave() }
            guard !Task.isCancelled, crew.keep(self) else { break }
            unsafe await withUnsafeContinuation { unsafe waiting = $0 }
            waiting = nil
        }
        task = nil
    }
}
