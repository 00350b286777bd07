import Testing
import TradewindPersistence

/// Each database that the tests of this module run on.
enum Storage: String, CaseIterable, CustomTestStringConvertible {
    case postgres
    var testDescription: String { rawValue }

    func use(_ body: @escaping @Sendable (any Database) async throws -> Void) async throws {
        try await SharedPostgres.use(body)
    }
}
