internal import TradewindLocks
internal import TradewindPersistence

/// Which statements only read, so that they need not wait for the writer. Guessed from the first word, corrected by
/// SQLite, which knows once it has prepared the statement.
final class Routes: Sendable {
    /// A program has few literals; one that has more begins anew.
    private static let limit = 2_048
    private let known = Lock<[Statement: Bool]>([:])

    func reads(_ statement: Statement) -> Bool {
        known.withLock { known in
            if let reads = known[statement] { return reads }
            if known.count >= Self.limit { known = [:] }
            let reads =
                statement.begins(with: "SELECT") || statement.begins(with: "WITH") || statement.begins(with: "VALUES")
                || statement.begins(with: "EXPLAIN")
            known[statement] = reads
            return reads
        }
    }

    func learn(thatItWrites statement: Statement) { known.withLock { $0[statement] = false } }
}
