import Testing
import TradewindPersistence
import TradewindTesting

extension Storage {
    /// Opens the database, or skips the case and says why.
    func use(_ body: @escaping @Sendable (any Database) async throws -> Void) async throws {
        if let whyMissing { try Test.cancel("\(whyMissing)") }
        try await open(body)
    }
}

extension SQLKind {
    /// As the type of a column, by PostgreSQL's name, which SQLite takes too.
    var column: StaticString {
        switch self {
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
