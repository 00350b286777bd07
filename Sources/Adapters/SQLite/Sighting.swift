internal import TradewindPersistence

/// Something that a transaction has read without having the writer.
struct Sighting: Sendable {
    let sql: SQL, rows: Rows
}

extension Connection {
    /// All is still as it was seen, or somebody was faster. What is written behind this in the same transaction was
    /// decided by what is true, as if nobody had been there between reading and writing.
    func confirm(_ sightings: [Sighting]) throws(DatabaseError) {
        for sighting in sightings {
            guard let seen = sighting.rows.source as? SQLiteRows,
                let found = try query(sighting.sql, mayWrite: false).source as? SQLiteRows, found.isSame(as: seen)
            else { throw .serializationFailure }
        }
    }
}
