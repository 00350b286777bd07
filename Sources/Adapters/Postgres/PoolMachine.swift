/// Decides which connection of a loop does what. Pure: it is told what happened and says what to do.
///
/// Whoever comes waits in a queue, and connections are given out when the loop's turn ends. Statements that may share a
/// round trip are then given out together: a few for each connection that is free, more when there are more of them
/// than connections. So under load the trips grow instead of their number.
package struct PoolMachine<Connection: Equatable, Waiter> {
    package struct Limits: Sendable {
        package var connections: Int, waiting: Int
        /// How many that read share a trip while other connections are free. Those that add do not: their commits wait
        /// for the disk, which connections can do side by side.
        package var share = 8
        /// How many ever share one.
        package var most = 32
        package init(connections: Int, waiting: Int) { (self.connections, self.waiting) = (connections, waiting) }
    }

    package enum Want: Sendable {
        /// A trip with others that want the same.
        case reading, adding
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
    private var reading = Queue<Entry>(), adding = Queue<Entry>(), others = Queue<Entry>()
    private var nextTicket = 0

    package init(_ limits: Limits) { self.limits = limits }

    package var waitingCount: Int { reading.count + adding.count + others.count }
    package var idleCount: Int { idle.count }
    package var openCount: Int { places - opening }

    /// Nil when too many wait already; else a ticket to `leave` with.
    package mutating func wait(_ waiter: Waiter, for want: Want) -> Int? {
        guard waitingCount < limits.waiting else { return nil }
        nextTicket += 1
        let entry = Entry(ticket: nextTicket, want: want, waiter: waiter)
        switch want {
        case .reading: reading.append(entry)
        case .adding: adding.append(entry)
        case .alone, .whole: others.append(entry)
        }
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
        let (read, add) = (reading.first?.ticket ?? .max, adding.first?.ticket ?? .max)
        if let first = others.first, first.ticket < min(read, add) {
            others.removeFirst()
            if case .whole = first.want { return .lease(connection, to: first.waiter) }
            return .run([first.waiter], on: connection)
        }
        return .run(read < add ? take(&reading, limits.share) : take(&adding, 1), on: connection)
    }

    /// As many as are needed for all to leave on the connections that are free, if not more than may share.
    private func take(_ queue: inout Queue<Entry>, _ few: Int) -> [Waiter] {
        let free = idle.count + 1
        let count = min(max(few, (queue.count + free - 1) / free), limits.most, queue.count)
        return (0..<count).compactMap { _ in queue.removeFirst()?.waiter }
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
        reading.remove { $0.ticket == ticket } || adding.remove { $0.ticket == ticket }
            || others.remove { $0.ticket == ticket }
    }

    /// Who has waited longest.
    package var oldest: (ticket: Int, waiter: Waiter)? {
        let first = [reading.first, adding.first, others.first].compactMap(\.self).min { $0.ticket < $1.ticket }
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
