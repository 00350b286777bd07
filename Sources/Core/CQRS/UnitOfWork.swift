/// Runs the rest in a transaction: all of it takes effect when the closure has returned, or nothing.
package protocol UnitOfWork<Transaction>: Sendable {
    associatedtype Transaction: Sendable

    func callAsFunction<Result>(_ body: (Transaction) async throws -> Result) async throws -> Result
}

/// For a service whose commands write to nothing that has transactions.
package struct NoTransactions: UnitOfWork {
    package init() {}

    package func callAsFunction<Result>(_ body: (NoTransactions) async throws -> Result) async throws -> Result {
        try await body(self)
    }
}
