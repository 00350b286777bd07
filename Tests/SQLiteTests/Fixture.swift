import Testing
import TradewindPersistence
import TradewindSQLite
import TradewindTesting

/// Runs `body` with a database in a new file, and closes it.
@discardableResult
func withFile<Result>(
    _ change: (inout SQLiteSettings) -> Void = { _ in }, _ body: (SQLiteDatabase, String) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        let path = "\(folder)/of/its/own/test.db"
        return try await withDatabase(at: path, change) { try await body($0, path) }
    }
}

@discardableResult
func withDatabase<Result>(
    at path: String, _ change: (inout SQLiteSettings) -> Void = { _ in },
    _ body: (SQLiteDatabase) async throws -> Result
) async throws -> Result {
    var settings = SQLiteSettings(.file(path))
    settings.waitTimeout = .seconds(30)  // whatever else the machine does
    change(&settings)
    let database = SQLiteDatabase(settings)
    do {
        let result = try await body(database)
        await database.close()
        return result
    } catch {
        await database.close()
        throw error
    }
}

func expectCount(
    _ expected: Int, of table: SQL, in session: any Session, at place: SourceLocation = #_sourceLocation
) async throws {
    let found = try await session.query("SELECT count(*) FROM \(table)")[0].decode(0, as: Int.self)
    #expect(found == expected, sourceLocation: place)
}
