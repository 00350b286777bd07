package import TradewindPersistence
package import TradewindReactor

/// PostgreSQL, from the loops of a process: each loop has its own connections, so that a statement leaves from the loop
/// that handles the request and its answer comes back there.
package final class PostgresDatabase: Database {
    private let group: EventLoopGroup
    private let pools: [LoopPool]
    package let dialect = Dialect.postgres

    package init(on group: EventLoopGroup, workers: WorkerPool, settings: PostgresSettings) {
        self.group = group
        let count = group.loops.count
        pools = group.loops.enumerated().map { index, loop in
            let connections = settings.connections / count + (index < settings.connections % count ? 1 : 0)
            return LoopPool(loop, workers, settings, connections: max(connections, 1))
        }
    }

    /// Refuses new work and closes connections as they become free.
    package func shutDown() {
        for pool in pools { pool.loop.execute { pool.shutDown() } }
    }

    package func close() async { shutDown() }

    /// The pool of the loop that this runs on, or nil elsewhere.
    private var here: LoopPool? {
        guard let loop = EventLoop.current, pools.indices.contains(loop.index) else { return nil }
        let pool = pools[loop.index]
        return pool.loop === loop ? pool : nil
    }

    private var any: LoopPool { pools[group.next().index] }

    // MARK: Session

    package func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        if let here { return try await here.query(sql) }
        let pool = any
        return try await pool.enter { pool throws(DatabaseError) in try await pool.query(sql) }
    }

    @discardableResult
    package func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        if statements.isEmpty { return [] }
        if let here { return try await here.batch(statements) }
        return try await any.enter { pool throws(DatabaseError) in try await pool.batch(statements) }
    }

    package func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        try await withConnection { session in try await session.stream(sql, body) }
    }

    package func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        try await withConnection { session in try await session.load(table, body) }
    }

    package func run(_ script: SQLScript) async throws(DatabaseError) {
        do { try await withConnection { session in try await session.run(script) } } catch { throw .from(error) }
    }

    package func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError) {
        _ = try await query(.notify(channel, payload))
    }

    // MARK: Database

    package func attempt<Result>(
        _ options: TransactionOptions, _ body: (any Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = PostgresTransaction(on: here ?? any, options)
        do {
            let result = try await body(transaction)
            try await transaction.commit([])
            await transaction.end()
            return result
        } catch {
            await transaction.end()
            throw error
        }
    }

    package func pause(afterAttempt attempt: Int) async throws(DatabaseError) {
        let pause = Backoff(first: .milliseconds(2), most: .milliseconds(200))
            .pause(beforeAttempt: attempt, chance: chance())
        do { try await Task.sleep(for: pause) } catch { throw .cancelled }
    }

    package func listen(
        to channel: Channel, _ onNotice: @escaping @Sendable (Notice) -> Void
    ) async throws(DatabaseError) {
        try await any.enter { pool throws(DatabaseError) in try await pool.listen(to: channel, onNotice) }
    }

    package func ping() async throws(DatabaseError) { _ = try await query("SELECT 1") }

    package func connectionCount() async -> ConnectionCount {
        var sum = ConnectionCount()
        for pool in pools {
            let count = try? await pool.enter { pool throws(DatabaseError) in pool.connectionCount }
            sum = sum + (count ?? ConnectionCount())
        }
        return sum
    }

    /// Lends a connection while `body` runs where the caller runs.
    private func withConnection<Result>(_ body: (PostgresSession) async throws -> Result) async throws -> Result {
        let session = try await (here ?? any).session()
        do {
            let result = try await body(session)
            session.release()
            return result
        } catch {
            session.release()
            throw error
        }
    }
}

extension LoopPool {
    func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        let job = Job(.one(sql))
        try await finish(job)
        guard let answer = job.answer else { throw .connectionLost }
        return answer
    }

    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        let job = Job(.many(statements))
        try await finish(job)
        return job.answers
    }

    func lease() async throws(DatabaseError) -> Connection {
        let job = Job(.lease)
        try await finish(job)
        guard let connection = job.connection else { throw .connectionLost }
        return connection
    }

    /// A connection for one alone, from wherever the caller is.
    func session() async throws(DatabaseError) -> PostgresSession {
        PostgresSession(try await enter { pool throws(DatabaseError) in try await pool.lease() })
    }

    private func finish(_ job: Job) async throws(DatabaseError) {
        if Task.isCancelled { throw .cancelled }
        submit(job)
        try await wait(for: job)
    }

    /// For a job that was submitted, or given to a connection.
    func wait(for job: Job) async throws(DatabaseError) {
        try await job.wait { [self] job in loop.execute { self.cancel(job) } }
    }

    /// Runs `body` on the loop, from wherever the caller is.
    func enter<Result: Sendable>(
        _ body: @escaping @Sendable (LoopPool) async throws(DatabaseError) -> Result
    ) async throws(DatabaseError) -> Result {
        if loop.isCurrent { return try await body(self) }
        do {
            return try await loop.run { try await body(self) }
        } catch {
            throw .from(error)
        }
    }
}

extension DatabaseError {
    /// Of something that throws nothing else, or what cancellation throws.
    static func from(_ error: any Error) -> DatabaseError { error as? DatabaseError ?? .cancelled }
}

extension SQL {
    static func notify(_ channel: Channel, _ payload: String) -> SQL {
        "SELECT pg_notify(\(channel.description), \(payload))"
    }
}
