internal import TradewindReactor

/// The tasks of a loop that have requests answered: as many as there are requests in hand, not as there are
/// connections.
///
/// A task keeps the memory of its deepest call for as long as it lives, some kilobytes. Ten thousand connections, most
/// of which rest, share a few tasks and so hold that memory a few times.
///
/// To wake a task costs a tenth of a small request. So connections whose requests were answered without waiting share a
/// hand while they come in the same turn, and the others have one each.
final class Crew {
    fileprivate let loop: EventLoop
    // Unchecked exclusivity: nothing that is called during an access comes back to the same field.
    @safe @exclusivity(unchecked) private var idle: [Hand] = []
    /// Called in this turn, not at work yet, and may be given more to do.
    @safe @exclusivity(unchecked) private var open: Hand?
    private var isDismissed = false
    /// As many as one turn of a loop can put to work; those beyond were needed for a moment only.
    private let most = 256

    init(of loop: EventLoop) { self.loop = loop }

    func serve(_ connection: HTTPConnection) {
        if !connection.waits, let open, open.isFree { return open.take(connection) }
        let hand = call(for: connection)
        if !connection.waits { open = hand }
    }

    @discardableResult
    fileprivate func call(for connection: HTTPConnection) -> Hand {
        let hand = idle.popLast() ?? Hand(of: self)
        hand.take(connection)
        hand.start()
        return hand
    }

    /// The hand is at work now, and what comes meanwhile is for another.
    fileprivate func close(_ hand: Hand) {
        if open === hand { open = nil }
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

/// One task that serves its share of the connections, one after the other, and then another share.
///
/// Safety: `@unchecked Sendable` because it is confined to its crew's loop.
@safe final class Hand: @unchecked Sendable {
    private let crew: Crew
    // Unchecked exclusivity: nothing that is called during an access comes back to the same field.
    @safe @exclusivity(unchecked) private var isSpoiled = false
    @safe @exclusivity(unchecked) private var task: Task<Void, Never>?
    @safe @exclusivity(unchecked) private var share: [HTTPConnection] = []
    /// How many of the share have had their turn.
    @safe @exclusivity(unchecked) private var begun = 0
    @safe @exclusivity(unchecked) private var waiting: UnsafeContinuation<Void, Never>?

    fileprivate init(of crew: Crew) { self.crew = crew }

    /// No more than those whose answers leave together: none waits for the work of more than a few others.
    fileprivate var isFree: Bool { share.count < EventLoop.answersTogether }

    fileprivate func take(_ connection: HTTPConnection) {
        share.append(connection)
        connection.hand = self
    }

    fileprivate func start() {
        if let waiting {
            self.waiting = nil
            unsafe waiting.resume()
        } else {
            task = Task(executorPreference: crew.loop) { [self] in await work() }
        }
    }

    fileprivate func leave() {
        unsafe waiting?.resume()
        waiting = nil
    }

    /// Cancels what is done for the connection. The task stays cancelled, so this is its last; one that has not had its
    /// turn finds out by itself.
    func cancel(_ connection: HTTPConnection) {
        guard begun > 0, share[begun - 1] === connection else { return }
        isSpoiled = true
        task?.cancel()
    }

    private func work() async {
        while !share.isEmpty {
            crew.close(self)
            if share.count > 1 { crew.loop.atEndOfTurn(self) }
            await serveShare()
            guard !isSpoiled, crew.keep(self) else { break }
            unsafe await withUnsafeContinuation { unsafe waiting = $0 }
        }
        task = nil
    }

    private func serveShare() async {
        while begun < share.count {
            let connection = share[begun]
            begun += 1
            let job = crew.loop.job
            let rests = await connection.serve()
            connection.waits = job != crew.loop.job
            connection.hand = nil
            if !rests { connection.leave() }
            if isSpoiled { passOn() }
        }
        share.removeAll(keepingCapacity: true)
        begun = 0
    }

    /// Others serve those that have not had their turn.
    private func passOn() {
        let rest = share[begun...]
        share.removeSubrange(begun...)
        for connection in rest { crew.call(for: connection) }
    }
}

extension Hand: TurnEnd {
    /// The turn is over with some of the share left: a handler waits for something.
    func turnEnded() { if begun > 0, begun < share.count { passOn() } }
}
