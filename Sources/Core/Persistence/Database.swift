/// What runs statements: a database, where each is a transaction of its own, or an open transaction.
package protocol Session: Sendable {
    var dialect: Dialect { get }

    func query(_ sql: SQL) async throws(DatabaseError) -> Rows

    /// All or none, in one round trip: the answers come in the order of the statements. On a database it is a
    /// transaction of its own, in a transaction a part of it that ends it when it fails.
    @discardableResult
    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows]

    /// Hands over a large result in portions, the next one when `body` has returned: however large it is, memory holds
    /// a portion. What `body` throws ends it.
    func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws

    /// Fills a table with more rows than statements are made for, all or none. Returns how many `body` added.
    func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int

    /// Several statements without parameters, separated by semicolons, all or none.
    func run(_ script: SQLScript) async throws(DatabaseError)

    /// Tells those who `listen`, in a transaction once it commits. Not for every row: PostgreSQL lets commits that
    /// notify go one after the other.
    func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError)
}

extension Session {
    /// Returns how many rows were touched.
    @discardableResult
    package func execute(_ sql: SQL) async throws(DatabaseError) -> Int { try await query(sql).affected }
}

/// Statements that take effect together, when the closure that was given this returns. It begins with the first of
/// them.
package protocol Transaction: Session {
    /// Runs the last statements and commits, in one round trip; nothing can follow. When they are the first too, they
    /// can share a commit with those of others.
    func commit(_ statements: [SQL]) async throws(DatabaseError)
}

package protocol Database: Session {
    /// One attempt at a transaction: committed when `body` returns, rolled back when it throws.
    func attempt<Result>(
        _ options: TransactionOptions, _ body: (any Transaction) async throws -> Result
    ) async throws -> Result

    /// Waits before an attempt is repeated: the longer, the more there were, and by chance.
    func pause(afterAttempt attempt: Int) async throws(DatabaseError)

    /// Tells `onNotice` what is sent to the channel until the task is cancelled; then throws `cancelled`. A broken
    /// connection is made anew: `listening` says each time that nothing from now on is missed, and that something may
    /// have been before.
    func listen(to channel: Channel, _ onNotice: @escaping @Sendable (Notice) -> Void) async throws(DatabaseError)

    /// Whether it answers, within two seconds.
    func ping() async throws(DatabaseError)

    /// What its connections do at the moment.
    func connectionCount() async -> ConnectionCount

    /// Refuses new work and lets go of the database when what has begun is done.
    func close() async
}

extension Database {
    /// Runs `body` in a transaction, again from its beginning when it lost against another one. So what it does beside
    /// its statements must bear repetition: best is that it does nothing else.
    package func transaction<Result>(
        _ options: TransactionOptions = TransactionOptions(), _ body: (any Transaction) async throws -> Result
    ) async throws -> Result {
        var options = options
        for attempt in 1..<max(options.attempts, 1) {
            do { return try await self.attempt(options, body) } catch let error as DatabaseError {
                guard error.isWorthAnotherAttempt else { throw error }
                try await pause(afterAttempt: attempt)
                options.hasLost = true
            }
        }
        return try await attempt(options, body)
    }
}

package struct TransactionOptions: Hashable, Sendable {
    package enum Isolation: Hashable, Sendable { case readCommitted, repeatableRead, serializable }

    package var isolation: Isolation
    package var isReadOnly: Bool
    package var attempts: Int
    /// It lost against another one before. A database that lets transactions pass each other, and finds out in the end
    /// that they met, may let this one go alone.
    package var hasLost = false

    package init(isolation: Isolation = .readCommitted, isReadOnly: Bool = false, attempts: Int = 5) {
        (self.isolation, self.isReadOnly, self.attempts) = (isolation, isReadOnly, attempts)
    }
}

/// How busy a database's connections are.
package struct ConnectionCount: Hashable, Sendable {
    /// Connections that are open.
    package var idle: Int, busy: Int
    /// Who has none yet.
    package var waiting: Int

    package init(idle: Int = 0, busy: Int = 0, waiting: Int = 0) {
        (self.idle, self.busy, self.waiting) = (idle, busy, waiting)
    }

    package static func + (a: ConnectionCount, b: ConnectionCount) -> ConnectionCount {
        ConnectionCount(idle: a.idle + b.idle, busy: a.busy + b.busy, waiting: a.waiting + b.waiting)
    }
}

/// For the few statements that the databases want spelled differently.
package enum Dialect: Hashable, Sendable { case postgres, sqlite }
