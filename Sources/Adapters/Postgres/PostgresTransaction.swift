internal import TradewindLocks
internal import TradewindPersistence

/// BEGIN goes out with the first statement, so a transaction costs one round trip more than its statements, not two.
///
/// One that has failed stays failed: the server does nothing more in it, so nothing is sent.
final class PostgresTransaction: Transaction {
    private struct State {
        var begin: SQL?
        var failure: DatabaseError?
    }

    private let session: PostgresSession
    private let state: Lock<State>
    let dialect = Dialect.postgres

    init(_ session: PostgresSession, _ options: TransactionOptions) {
        self.session = session
        state = Lock(State(begin: options.begin))
    }

    func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        try await run([sql])[0]
    }

    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        statements.isEmpty ? [] : try await run(statements)
    }

    /// As many answers as statements.
    private func run(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        let begin = try takeBegin()
        do throws(DatabaseError) {
            let all = begin.map { [$0] + statements } ?? statements
            let job = try await session.run(.many(all))
            guard job.answers.count == all.count else { throw .connectionLost }
            return begin == nil ? job.answers : Array(job.answers.dropFirst())
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
        do {
            if let begin = try takeBegin() { _ = try await session.run(.one(begin)) }
            return try await body(session)
        } catch let error as DatabaseError {
            throw note(error)
        } catch {
            _ = note(.cancelled)
            throw error
        }
    }

    // MARK: Its end

    func commit() async throws(DatabaseError) {
        let (isUnused, failure) = state.withLock { ($0.begin != nil, $0.failure) }
        if let failure { throw failure }
        if isUnused { return }
        // Here alone a lost connection leaves it open what happened.
        _ = try await session.run(.one("COMMIT"))
    }

    func rollBack() async {
        if state.withLock({ $0.begin != nil }) { return }
        await session.finish("ROLLBACK")
    }

    private func takeBegin() throws(DatabaseError) -> SQL? {
        let (begin, failure) = state.withLock { state in
            defer { state.begin = nil }
            return (state.begin, state.failure)
        }
        if let failure { throw failure }
        return begin
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
