/// Decides who gets which connection of one origin on one loop. Pure: it is told what happened and says what to do.
///
/// Whoever may open a connection opens it in its own task, so the machine hands out connections and places for new
/// ones. While somebody waits, no connection is idle and no place is free: whatever is given back goes to the longest
/// wait.
package struct PoolMachine<Connection: Equatable> {
    package typealias Ticket = Int

    package enum Lease: Equatable {
        case use(Connection)
        /// Open one; tell `closed` if that fails.
        case open
        /// Until `returned` or `closed` name the ticket, or `leave` is called with it.
        case wait(Ticket)
        case refuse
    }

    package enum Return: Equatable {
        case keep
        case hand(Connection, to: Ticket)
        /// The pool is shut down.
        case close
    }

    private let limit: Int, waitingLimit: Int
    private var idle: [Connection] = []
    /// Connections that are idle, busy or being opened.
    private var places = 0
    private var waiting: [Ticket] = []
    private var nextTicket = 0
    private var isShutDown = false

    package init(connections: Int, waiting: Int) { (limit, waitingLimit) = (connections, waiting) }

    package var idleCount: Int { idle.count }
    package var busyCount: Int { places - idle.count }
    package var waitingCount: Int { waiting.count }

    /// The one used last, so that those a burst needed grow old and go.
    package mutating func lease() -> Lease {
        if let connection = idle.popLast() { return .use(connection) }
        if isShutDown { return .refuse }
        if places < limit {
            places += 1
            return .open
        }
        guard waiting.count < waitingLimit else { return .refuse }
        nextTicket += 1
        waiting.append(nextTicket)
        return .wait(nextTicket)
    }

    /// A busy connection can be used again.
    package mutating func returned(_ connection: Connection) -> Return {
        if isShutDown {
            places -= 1
            return .close
        }
        if let ticket = nextWaiting() { return .hand(connection, to: ticket) }
        idle.append(connection)
        return .keep
    }

    /// A busy connection, or one being opened, is gone. Its place belongs to the ticket, if there is one: open another.
    package mutating func closed() -> Ticket? {
        if let ticket = nextWaiting() { return ticket }
        places -= 1
        return nil
    }

    /// An idle connection is gone. False when it was not idle.
    package mutating func closedIdle(_ connection: Connection) -> Bool {
        guard let index = idle.lastIndex(of: connection) else { return false }
        idle.remove(at: index)
        places -= 1
        return true
    }

    /// All that are idle go: what made one of them useless has probably reached the others.
    package mutating func dropIdle() -> [Connection] {
        defer { idle = [] }
        places -= idle.count
        return idle
    }

    /// Waits no longer. False when the ticket was served already.
    package mutating func leave(_ ticket: Ticket) -> Bool {
        guard let index = waiting.firstIndex(of: ticket) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Gives nothing out any more. The idle connections are the caller's to close, the tickets' holders to be told.
    package mutating func shutDown() -> (idle: [Connection], waiting: [Ticket]) {
        defer { (waiting, isShutDown) = ([], true) }
        return (dropIdle(), waiting)
    }

    private mutating func nextWaiting() -> Ticket? { waiting.isEmpty ? nil : waiting.removeFirst() }
}
