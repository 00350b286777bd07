internal import TradewindLocks
internal import TradewindPersistence

/// It takes a thread to itself when it needs one: to write and then go on. One that reads and then commits with its
/// last statements needs none, and shares a commit with others. It reads beside the writer, who looks again before it
/// writes: if something is no longer so, the transaction has lost, and its next attempt has the writer from its
/// beginning.
///
/// One that has failed stays failed, as with PostgreSQL: what its body does next must not be half of something.
final class SQLiteTransaction: Transaction {
    struct Said: Hashable { let channel: Channel, payload: String }

    private struct State {
        var failure: DatabaseError?
        var isOver = false
        var said: [Said] = []
        /// What was read beside the writer; nil when that is over.
        var sightings: [Sighting]?
    }

    private let crew: Crew, readers: Crew
    private let routes: Routes
    private let isReadOnly: Bool
    let lease = FirstUse<Lease>()
    private let state: Lock<State>
    let dialect = Dialect.sqlite

    init(_ options: TransactionOptions, writer: Crew, readers: Crew, routes: Routes) {
        isReadOnly = options.isReadOnly
        (crew, self.readers, self.routes) = (isReadOnly ? readers : writer, readers, routes)
        // Those who want to see one moment are given it; so is who would else lose again and again.
        let readsBeside = !isReadOnly && options.isolation == .readCommitted && !options.hasLost
        state = Lock(State(sightings: readsBeside ? [] : nil))
    }

    // MARK: Session

    func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        if let rows = try await sight(sql) { return rows }
        let answers = try await ask { connection throws(DatabaseError) in [try connection.query(sql)] }
        guard let rows = answers.first else { throw .connectionLost }
        return rows
    }

    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        if statements.isEmpty { return [] }
        return try await ask { connection throws(DatabaseError) in try connection.query(statements) }
    }

    func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        let loader = SQLiteBulkLoader(table, in: self)
        do {
            try await body(loader)
            return try await loader.finish()
        } catch {
            _ = note(error as? DatabaseError ?? .cancelled)
            throw error
        }
    }

    func run(_ script: SQLScript) async throws(DatabaseError) {
        _ = try await ask { connection throws(DatabaseError) in
            try connection.run(script.text)
            return []
        }
    }

    func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError) {
        try check()
        let notice = Said(channel: channel, payload: payload)
        state.withLock { state in
            // The same word twice is heard once.
            if !state.said.contains(notice) { state.said.append(notice) }
        }
    }

    func ask(_ work: @escaping Call.Work) async throws(DatabaseError) -> [Rows] {
        try check()
        do throws(DatabaseError) {
            var first: [Rows]?
            let lease = try await lease.get { () throws(DatabaseError) in
                let (lease, answers) = try await crew.lease(beginningWith: beginning(with: work))
                first = answers
                return lease
            }
            if let first { return first }
            return try await lease.ask(work)
        } catch {
            throw note(error)
        }
    }

    /// The beginning of a lease and its first work in one: each way to the thread and back keeps others waiting.
    private func beginning(with work: @escaping Call.Work) -> Call.Work {
        let sightings = state.withLock { state in
            defer { state.sightings = nil }
            return state.sightings ?? []
        }
        return { [isReadOnly] connection throws(DatabaseError) in
            try connection.control(isReadOnly ? .beginReading : .begin)
            do throws(DatabaseError) {
                try connection.confirm(sightings)
                return try work(connection)
            } catch {
                connection.rollBack()
                throw error
            }
        }
    }

    /// Reads beside the writer. Nil when the writer must do it.
    private func sight(_ sql: SQL) async throws(DatabaseError) -> Rows? {
        try check()
        guard state.withLock({ $0.sightings != nil }), routes.reads(sql.statement) else { return nil }
        do throws(DatabaseError) {
            let rows = try await readers.askOne { connection throws(DatabaseError) in
                try connection.query(sql, mayWrite: false)
            }
            // A lease that has begun meanwhile has not looked at it.
            return state.withLock { $0.sightings?.append(Sighting(sql: sql, rows: rows)) }.map { rows }
        } catch .refused(sqlState: "25006", message: _) {
            routes.learn(thatItWrites: sql.statement)
            return nil
        } catch {
            throw note(error)
        }
    }

    private func check() throws(DatabaseError) {
        let (failure, isOver) = state.withLock { ($0.failure, $0.isOver) }
        if let failure { throw failure }
        // Whoever still holds the transaction has nothing to say any more: others use the connection.
        if isOver { throw .refused(sqlState: "25P01", message: nil) }
    }

    func note(_ error: DatabaseError) -> DatabaseError {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
        return error
    }

    // MARK: Its end

    func commit(_ statements: [SQL]) async throws(DatabaseError) {
        let (failure, wasOver, sightings) = state.withLock { state in
            defer { state.isOver = true }
            return (state.failure, state.isOver, state.sightings ?? [])
        }
        if let failure { throw failure }
        if wasOver, !statements.isEmpty { throw .refused(sqlState: "25P01", message: nil) }
        if wasOver || statements.isEmpty && lease.value == nil { return }
        do throws(DatabaseError) {
            if let lease = lease.value {
                if Task.isCancelled, !statements.isEmpty { throw .cancelled }
                _ = try await lease.finish { connection throws(DatabaseError) in
                    // Whatever it comes to, nothing is left open for who comes next.
                    defer { connection.rollBack() }
                    _ = try connection.query(statements)
                    try connection.commit()
                    return []
                }
            } else {
                _ = try await crew.ask(
                    Call { [isReadOnly] connection throws(DatabaseError) in
                        if isReadOnly { return try connection.read(statements) }
                        try connection.confirm(sightings)
                        return try connection.query(statements)
                    })
            }
        } catch {
            throw note(error)
        }
    }

    /// What is to be told now that it is committed.
    var said: [Said] { state.withLock(\.said) }

    /// Whatever it has come to, the thread goes back, with nothing left open on its connection.
    func end() async {
        state.withLock { $0.isOver = true }
        guard let lease = lease.value, !lease.isOver else { return }
        _ = try? await lease.finish { connection throws(DatabaseError) in
            connection.rollBack()
            return []
        }
    }
}
