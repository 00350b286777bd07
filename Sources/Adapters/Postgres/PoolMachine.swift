/// Decides which connection of a loop does what. Pure: it is told what happened and says what to do.
///
/// Whoever comes waits in a queue, and connections are given out when the loop's turn ends. Statements that may share a
/// round trip are then given out together: a few for each connection that is free, more when there are more of them
/// than connections. So under load the trips grow instead of their number.
package struct PoolMachine<Connection: Equatable, Waiter> {
    package struct Limits: Sendable {
        package var connections: Int, waiting: Int
        /// How many share a trip while other connections are free, and how many ever.
        package var share = 8, most = 32
        package init(connections: Int, waiting: Int) { (self.connections, self.waiting) = (connections, waiting) }
    }

    package enum Want: Sendable {
        /// A trip with others that want the same.
        case shared
        /// A trip of its own.
        case alone
        /// The connection, until `freed` or `closed`.
        case whole
    }

    package enum Action {
        case run([Waiter], on: Connection)
        case lease(Connection, to: Waiter)
        /// Open one; tell `opened` or `closed`.
        case open
        case nothing
    }

    private struct Entry {
        let ticket: Int, want: Want, waiter: Waiter
    }

    private let limits: Limits
    private var idle: [Connection] = []
    /// Connections that are idle, busy or being opened.
    private var places = 0
    private var opening = 0
    private var shared = Queue<Entry>(), others = Queue<Entry>()
    private var nextTicket = 0

    package init(_ limits: Limits) { self.limits = limits }

    package var waitingCount: Int { shared.count + others.count }
    package var idleCount: Int { idle.count }
    package var openCount: Int { places - opening }

    /// Nil when too many wait already; else a ticket to `leave` with.
    package mutating func wait(_ waiter: Waiter, for want: Want) -> Int? {
        guard waitingCount < limits.waiting else { return nil }
        nextTicket += 1
        let entry = Entry(ticket: nextTicket, want: want, waiter: waiter)
        if case .shared = want { shared.append(entry) } else { others.append(entry) }
        return nextTicket
    }

    /// Ask until there is nothing to do. The longest wait is served first.
    package mutating func next(mayOpen: Bool) -> Action {
        guard waitingCount > 0 else { return .nothing }
        guard let connection = idle.popLast() else {
            guard mayOpen, places < limits.connections, opening < waitingCount else { return .nothing }
            places += 1
            opening += 1
            return .open
        }
        if let first = others.first, first.ticket < shared.first?.ticket ?? .max {
            others.removeFirst()
            if case .whole = first.want { return .lease(connection, to: first.waiter) }
            return .run([first.waiter], on: connection)
        }
        let free = idle.count + 1
        let count = min(max(limits.share, (shared.count + free - 1) / free), limits.most, shared.count)
        return .run((0..<count).compactMap { _ in shared.removeFirst()?.waiter }, on: connection)
    }

    /// Whether one may be opened though nobody waits for it; then as for `open`.
    package mutating func begin() -> Bool {
        guard places < limits.connections, opening == 0 else { return false }
        places += 1
        opening += 1
        return true
    }

    package mutating func opened(_ connection: Connection) {
        opening -= 1
        idle.append(connection)
    }

    package mutating func openingFailed() {
        opening -= 1
        places -= 1
    }

    package mutating func freed(_ connection: Connection) { idle.append(connection) }

    /// A connection is gone that was busy or idle.
    package mutating func closed(_ connection: Connection) {
        if let index = idle.lastIndex(of: connection) { idle.remove(at: index) }
        places -= 1
    }

    /// Waits no longer. False when it was served already.
    package mutating func leave(_ ticket: Int) -> Bool {
        shared.remove { $0.ticket == ticket } || others.remove { $0.ticket == ticket }
    }

    /// Who has waited longest.
    package var oldest: (ticket: Int, waiter: Waiter)? {
        let first = [shared.first, others.first].compactMap(\.self).min { $0.ticket < $1.ticket }
        return first.map { ($0.ticket, $0.waiter) }
    }

    /// Everybody who waits, whom the caller has to tell.
    package mutating func dismissAll() -> [Waiter] {
        var waiters: [Waiter] = []
        while let oldest {
            waiters.append(oldest.waiter)
            _ = leave(oldest.ticket)
        }
        return waiters
    }

    package mutating func takeIdle() -> [Connection] {
        defer { idle = [] }
        places -= idle.count
        return idle
    }
}

/// First in, first out.
private struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var first: Element? { head < elements.count ? elements[head] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    @discardableResult
    mutating func removeFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head].take()
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256 {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func remove(where matches: (Element) -> Bool) -> Bool {
        for index in head..<elements.count {
            guard let element = elements[index], matches(element) else { continue }
            elements.remove(at: index)
            return true
        }
        return false
    }
}
