internal import TradewindReactor

/// The connections of one loop to one origin: does what its `PoolMachine` decides.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; cancellation comes through `EventLoop.execute`.
final class OriginPool: @unchecked Sendable {
    let origin: Origin
    let home: ClientLoop
    // Unchecked exclusivity: the machine calls nobody while it changes.
    @safe @exclusivity(unchecked) private var machine: PoolMachine<ClientConnection>
    private var waiters: [Int: Waiter] = [:]

    private enum Turn: Sendable { case connection(ClientConnection), place, over(ClientError) }

    private struct Waiter {
        let continuation: CheckedContinuation<Turn, Never>
        let deadline: Deadline
    }

    init(_ origin: Origin, of home: ClientLoop) {
        (self.origin, self.home) = (origin, home)
        machine = PoolMachine(connections: home.settings.limits.connections, waiting: home.settings.limits.waiting)
    }

    var idleCount: Int { machine.idleCount }
    var busyCount: Int { machine.busyCount }
    var isUnused: Bool { idleCount == 0 && busyCount == 0 }

    /// An idle connection, if there is one: the common case needs no `await`.
    func idle() -> ClientConnection? {
        while machine.idleCount > 0, case .use(let connection) = machine.lease() {
            if let fresh = fresh(connection) { return fresh }
        }
        return nil
    }

    /// A connection for one exchange. It comes back through `returned` or `closed`.
    func lease(_ waits: Waits, until end: Instant) async throws(ClientError) -> ClientConnection {
        while true {
            switch machine.lease() {
            case .use(let connection): if let fresh = fresh(connection) { return fresh }
            case .open: return try await open(waits, until: end)
            case .refuse: throw home.isShutDown ? .shutDown : .overloaded
            case .wait(let ticket):
                switch await wait(ticket, waits.queue, until: end) {
                case .connection(let connection): if let fresh = fresh(connection) { return fresh }
                case .place: return try await open(waits, until: end)
                case .over(let error): throw error
                }
            }
        }
    }

    /// A connection that the server has closed since, or said something on unasked, is of no use.
    private func fresh(_ connection: ClientConnection) -> ClientConnection? {
        if connection.isQuiet { return connection }
        connection.close()
        closed()
        return nil
    }

    /// A connection turned out to be dead only when it was used.
    func dropIdle() {
        for connection in machine.dropIdle() { connection.close() }
    }

    private func open(_ waits: Waits, until end: Instant) async throws(ClientError) -> ClientConnection {
        let loop = home.loop
        do throws(ClientError) {
            let transport = try await home.connect(to: origin, by: min(loop.now + waits.connect, end))
            return ClientConnection(transport, of: self)
        } catch {
            closed()
            throw error == .connectTimedOut && end <= loop.now ? .totalTimedOut : error
        }
    }

    /// A connection has served an exchange and can serve another.
    func returned(_ connection: ClientConnection) {
        switch machine.returned(connection) {
        case .keep: connection.rest()
        case .hand(let connection, let ticket): resume(ticket, .connection(connection))
        case .close:
            connection.close()
            home.tidy(self)
        }
    }

    /// A busy connection, or one being opened, is gone.
    func closed() {
        if let ticket = machine.closed() { resume(ticket, .place) }
        home.tidy(self)
    }

    func closedIdle(_ connection: ClientConnection) {
        if machine.closedIdle(connection) { home.tidy(self) }
    }

    func shutDown() {
        let left = machine.shutDown()
        for connection in left.idle { connection.close() }
        for ticket in left.waiting { resume(ticket, .over(.shutDown)) }
    }

    // MARK: Waiting

    private func wait(_ ticket: Int, _ timeout: Timeout, until end: Instant) async -> Turn {
        let loop = home.loop
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let deadline = loop.deadline { [unowned self] in
                    giveUp(ticket, end <= loop.now ? .totalTimedOut : .overloaded)
                }
                waiters[ticket] = Waiter(continuation: continuation, deadline: deadline)
                if Task.isCancelled { return giveUp(ticket, .cancelled) }
                loop.set(deadline, to: min(loop.now + timeout, end))
            }
        } onCancel: {
            loop.execute { self.giveUp(ticket, .cancelled) }
        }
    }

    private func giveUp(_ ticket: Int, _ error: ClientError) {
        if machine.leave(ticket) { resume(ticket, .over(error)) }
    }

    private func resume(_ ticket: Int, _ turn: Turn) {
        guard let waiter = waiters.removeValue(forKey: ticket) else { return }
        home.loop.set(waiter.deadline, to: .distantFuture)
        waiter.continuation.resume(returning: turn)
    }
}
