import Testing
import TradewindPersistence
import TradewindPostgres
import TradewindReactor
import TradewindSQLite
import TradewindTesting

/// Each database that the contract is tested against. A test gets a schema of its own and leaves nothing behind.
///
///     @Test(arguments: DatabaseUnderTest.allCases) func `…`(kind: DatabaseUnderTest) async throws {
///         try await kind.use { db in … }
///     }
enum DatabaseUnderTest: String, CaseIterable, CustomTestStringConvertible {
    case postgres, sqlite, memory

    var testDescription: String { rawValue }

    /// Runs `body` with an empty database, on a loop of its own. Skips the case when the database is not installed.
    func use(_ body: @escaping @Sendable (any Database) async throws -> Void) async throws {
        switch self {
        case .postgres: try await SharedPostgres.use(body)
        case .sqlite: try await withTemporaryFolder { try await withSQLite(.file("\($0)/test.db"), body) }
        case .memory: try await withSQLite(.memory, body)
        }
    }

    private func withSQLite(
        _ place: SQLiteSettings.Place, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        var settings = SQLiteSettings(place)
        settings.waitTimeout = .seconds(30)  // whatever else the machine does
        let database = SQLiteDatabase(settings)
        let result = await Result {
            try await withLoops(1) { group in
                try await Task(executorPreference: group.loops[0]) { try await body(database) }.value
            }
        }
        await database.close()
        try result.get()
    }

    /// The type of a column, which SQLite takes under PostgreSQL's name.
    func column(_ kind: SQLKind) -> StaticString {
        switch kind {
        case .bool: "boolean"
        case .int16: "smallint"
        case .int32: "integer"
        case .int64: "bigint"
        case .double: "double precision"
        case .decimal: "numeric"
        case .text: "text"
        case .uuid: "uuid"
        case .timestamp: "timestamptz"
        case .json: "jsonb"
        case .bytes: "bytea"
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
