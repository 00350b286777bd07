internal import TradewindLocks
internal import TradewindPersistence

/// Rows go to the writer's thread in portions: a hop for some hundreds of them, and the caller waits meanwhile.
final class SQLiteBulkLoader: BulkLoader {
    private struct State {
        var rows: [[SQLValue]] = []
        var count = 0
    }

    private static let portion = 256

    private let insert: String
    private let transaction: SQLiteTransaction
    private let state = Lock(State())

    init(_ table: BulkTable, in transaction: SQLiteTransaction) {
        let values = (1...max(table.columns.count, 1)).map { "$\($0)" }.joined(separator: ", ")
        insert = "INSERT INTO \(table.description) VALUES (\(values))"
        self.transaction = transaction
    }

    func add(_ values: [SQLValue]) async throws(DatabaseError) {
        let portion = state.withLock { state -> [[SQLValue]] in
            state.rows.append(values)
            state.count += 1
            guard state.rows.count >= Self.portion else { return [] }
            defer { state.rows = [] }
            return state.rows
        }
        try await send(portion)
    }

    func finish() async throws(DatabaseError) -> Int {
        let (rest, count) = state.withLock { state in
            defer { state.rows = [] }
            return (state.rows, state.count)
        }
        try await send(rest)
        return count
    }

    private func send(_ rows: [[SQLValue]]) async throws(DatabaseError) {
        if rows.isEmpty { return }
        let insert = insert
        _ = try await transaction.ask { connection throws(DatabaseError) in
            try connection.insert(rows, insert)
            return []
        }
    }
}

extension Connection {
    fileprivate func insert(_ rows: [[SQLValue]], _ insert: String) throws(DatabaseError) {
        guard let prepared = try prepare(insert[...]).statement else { return }
        startClock()
        for row in rows {
            try bind(row, to: prepared)
            try finish(prepared)
        }
    }
}
