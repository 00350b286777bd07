internal import TradewindLocks
internal import TradewindPersistence

/// One that has failed stays failed, as with PostgreSQL: what its body does next must not be half of something.
final class SQLiteTransaction: Transaction {
    struct Said: Hashable { let channel: Channel, payload: String }

    private struct State {
        var failure: DatabaseError?
        var said: [Said] = []
    }

    private let lease: Lease
    private let state = Lock(State())
    let dialect = Dialect.sqlite

    init(_ lease: Lease) { self.lease = lease }

    // MARK: Session

    func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        let answers = try await ask { connection throws(DatabaseError) in [try connection.query(sql)] }
        guard let rows = answers.first else { throw .connectionLost }
        return rows
    }

    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        if statements.isEmpty { return [] }
        return try await ask { connection throws(DatabaseError) in try connection.query(statements) }
    }

    func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        let reading = Reading()
        _ = try await ask { connection throws(DatabaseError) in
            reading.cursor = try connection.open(sql)
            return []
        }
        do {
            while let portion = try await portion(of: reading) { try await body(portion) }
        } catch {
            _ = note(error as? DatabaseError ?? .cancelled)
            await close(reading)
            throw error
        }
        await close(reading)
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
        let failure = state.withLock { state in
            let notice = Said(channel: channel, payload: payload)
            // The same word twice is heard once.
            if !state.said.contains(notice) { state.said.append(notice) }
            return state.failure
        }
        if let failure { throw failure }
    }

    func ask(_ work: @escaping Call.Work) async throws(DatabaseError) -> [Rows] {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        do throws(DatabaseError) { return try await lease.ask(work) } catch { throw note(error) }
    }

    private func note(_ error: DatabaseError) -> DatabaseError {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
        return error
    }

    // MARK: Streaming

    /// What is read bit by bit.
    ///
    /// Safety: `@unchecked Sendable` because only works of the lease touch the cursor, which run one after the other.
    private final class Reading: @unchecked Sendable { var cursor: Cursor? }

    /// So many rows, or so many bytes of text, are handed over at once.
    private static let portionRows = 512, portionBytes = 256 << 10

    private func portion(of reading: Reading) async throws(DatabaseError) -> Rows? {
        let answers = try await ask { _ throws(DatabaseError) in
            guard let cursor = reading.cursor else { return [] }
            let rows = try cursor.next(rows: Self.portionRows, bytes: Self.portionBytes)
            return rows.rows == 0 ? [] : [Rows(rows, affected: rows.rows)]
        }
        return answers.first
    }

    private func close(_ reading: Reading) async {
        _ = try? await lease.insist { _ throws(DatabaseError) in
            reading.cursor?.close()
            reading.cursor = nil
            return []
        }
    }

    // MARK: Its end

    /// Returns what is to be told now.
    func commit() async throws(DatabaseError) -> [Said] {
        let (failure, said) = state.withLock { ($0.failure, $0.said) }
        if let failure { throw failure }
        do throws(DatabaseError) {
            _ = try await lease.insist { connection throws(DatabaseError) in
                try connection.commit()
                return []
            }
        } catch {
            throw note(error)
        }
        end()
        return said
    }

    func rollBack() async {
        _ = try? await lease.insist { connection throws(DatabaseError) in
            connection.rollBack()
            return []
        }
        end()
    }

    /// Whoever still holds the transaction has nothing to say any more: others use the connection.
    private func end() {
        _ = note(.refused(sqlState: "25P01", message: nil))
        lease.end()
    }
}
