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
