import Testing
import TradewindPersistence
import TradewindPostgres
import TradewindReactor
import TradewindTesting

/// Each database that the contract is tested against. A test gets a schema of its own and leaves nothing behind.
///
///     @Test(arguments: DatabaseUnderTest.allCases) func `…`(kind: DatabaseUnderTest) async throws {
///         try await kind.use { db in … }
///     }
enum DatabaseUnderTest: String, CaseIterable, CustomTestStringConvertible {
    case postgres

    var testDescription: String { rawValue }

    /// Runs `body` with an empty database, on a loop of its own. Skips the case when the database is not installed.
    func use(_ body: @escaping @Sendable (any Database) async throws -> Void) async throws {
        switch self {
        case .postgres: try await SharedPostgres.use(body)
        }
    }

    /// A column type that only has this name here.
    func column(_ kind: SQLKind) -> StaticString {
        switch (self, kind) {
        case (.postgres, .bool): "boolean"
        case (.postgres, .int16): "smallint"
        case (.postgres, .int32): "integer"
        case (.postgres, .int64): "bigint"
        case (.postgres, .double): "double precision"
        case (.postgres, .decimal): "numeric"
        case (.postgres, .text): "text"
        case (.postgres, .uuid): "uuid"
        case (.postgres, .timestamp): "timestamptz"
        case (.postgres, .json): "jsonb"
        case (.postgres, .bytes): "bytea"
        }
    }
}
