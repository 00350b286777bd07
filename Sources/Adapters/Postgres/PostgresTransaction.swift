internal import TradewindLocks
internal import TradewindPersistence

/// It takes a connection when it needs one, and BEGIN goes out with the first statement, COMMIT with the last. So one
/// that only writes is a single round trip, for which it needs no connection to itself; one that reads once is two.
///
/// One that has failed stays failed: the server does nothing more in it, so nothing is sent.
final class PostgresTransaction: Transaction {
    private struct State {
        var hasBegun = false, isOver = false
        var failure: DatabaseError?
    }

    private let pool: LoopPool
    private let options: TransactionOptions
    private let session = FirstUse<PostgresSession>()
    private let state = Lock(State())
    let dialect = Dialect.postgres

    init(on pool: LoopPool, _ options: TransactionOptions) { (self.pool, self.options) = (pool, options) }

    func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        try await run([sql])[0]
    }

    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        statements.isEmpty ? [] : try await run(statements)
    }

    /// As many answers as statements.
    private func run(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        let session = try await open()
        do throws(DatabaseError) {
            let job = try await session.run { [self] in .many(takeBegin() + statements) }
            guard job.answers.count >= statements.count else { throw .connectionLost }
            return job.answers.suffix(statements.count)
        } catch {
            throw note(error)
        }
    }

    func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        try await plainly { session in try await session.stream(sql, body) }
    }

    func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        try await plainly { session in try await session.load(table, body) }
    }

    func run(_ script: SQLScript) async throws(DatabaseError) {
        do { try await plainly { session in try await session.run(script) } } catch { throw .from(error) }
    }

    func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError) {
        _ = try await query(.notify(channel, payload))
    }

    /// For what needs the connection outside of its pipeline, and BEGIN before that.
    private func plainly<Result>(_ body: (PostgresSession) async throws -> Result) async throws -> Result {
        let session = try await open()
        do {
            if !state.withLock(\.hasBegun) { _ = try await session.run { [self] in .many(takeBegin()) } }
            return try await body(session)
        } catch let error as DatabaseError {
            throw note(error)
        } catch {
            _ = note(.cancelled)
            throw error
        }
    }

    private func open() async throws(DatabaseError) -> PostgresSession {
        let (failure, isOver) = state.withLock { ($0.failure, $0.isOver) }
        if let failure { throw failure }
        if isOver { throw .refused(sqlState: "25P01", message: nil) }
        do throws(DatabaseError) {
            return try await session.get { () throws(DatabaseError) in try await pool.session() }
        } catch {
            throw note(error)
        }
    }

    /// What has to be said first. Asked on the loop, where statements line up.
    private func takeBegin() -> [SQL] {
        let hasBegun = state.withLock { state in
            defer { state.hasBegun = true }
            return state.hasBegun
        }
        return hasBegun ? [] : [options.begin]
    }

    // MARK: Its end

    func commit(_ statements: [SQL]) async throws(DatabaseError) {
        let (failure, wasOver) = state.withLock { state in
            defer { state.isOver = true }
            return (state.failure, state.isOver)
        }
        if let failure { throw failure }
        if wasOver, !statements.isEmpty { throw .refused(sqlState: "25P01", message: nil) }
        if wasOver || statements.isEmpty && !state.withLock(\.hasBegun) { return }
        do throws(DatabaseError) {
            if session.value == nil, options.isDefault {
                _ = try await pool.enter { pool throws(DatabaseError) in try await pool.batch(statements) }
            } else {
                let session = try await session.get { () throws(DatabaseError) in try await pool.session() }
                _ = try await session.run { [self] in .many(takeBegin() + statements + ["COMMIT"]) }
            }
        } catch {
            // As it is: here a lost connection leaves it open what happened.
            state.withLock { $0.failure = error }
            throw error
        }
    }

    /// Whatever it has come to, the connection goes back, with nothing left open on it.
    func end() async {
        let isDone = state.withLock { state in
            defer { state.isOver = true }
            return state.isOver && state.failure == nil || !state.hasBegun
        }
        guard let session = session.value else { return }
        if !isDone { await session.finish("ROLLBACK") }
        session.release()
    }

    private func note(_ error: DatabaseError) -> DatabaseError {
        // Without its commit nothing of it happened.
        let error = error == .connectionLost ? .unavailable("the connection broke within a transaction") : error
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
        return error
    }
}

extension TransactionOptions {
    /// As a statement by itself is run.
    fileprivate var isDefault: Bool { isolation == .readCommitted && !isReadOnly }

    fileprivate var begin: SQL {
        switch (isolation, isReadOnly) {
        case (.readCommitted, false): "BEGIN ISOLATION LEVEL READ COMMITTED"
        case (.readCommitted, true): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        case (.repeatableRead, false): "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case (.repeatableRead, true): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.serializable, false): "BEGIN ISOLATION LEVEL SERIALIZABLE"
        case (.serializable, true): "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
    }
}
