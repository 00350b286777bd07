package import TradewindPersistence

/// A database in memory on the thread of whoever asks, one statement at a time: for a simulation, which decides itself
/// what happens when. Its statements are those of a file: translated, prepared, bound and read by the same code.
package final class SoleConnection: Sendable {
    private let connection: Connection

    package init() throws(DatabaseError) { connection = try Opening(SQLiteSettings(.memory)).openAlone() }

    package func query(_ sql: SQL) throws(DatabaseError) -> Rows { try connection.query(sql) }
    package func query(_ statements: [SQL]) throws(DatabaseError) -> [Rows] { try connection.query(statements) }
    package func run(_ script: SQLScript) throws(DatabaseError) { try connection.run(script.text) }

    package func begin() throws(DatabaseError) { try connection.control(.begin) }
    package func commit() throws(DatabaseError) { try connection.commit() }
    package func rollBack() { connection.rollBack() }

    /// Deletes all rows, and what was counted up with them. The tables stay, and what is known of how they were made.
    package func empty() throws(DatabaseError) {
        let tables = try query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations'")
        for table in tables { try connection.run("DELETE FROM \"\(try table.decode(0, as: String.self))\"") }
    }
}
