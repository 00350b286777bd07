package import TradewindDomain
package import TradewindPersistence

/// How a service fills its tables by a plan. What several services must agree on stands in contracts.
///
///     static let seeding = Seeding(rows: \.users) { seeder in
///         try await seeder.fill(.users, seeder.plan.users) { number in … }
///     }
package struct Seeding: Sendable {
    /// Of everybody who is made here.
    package static let password = "SecurePass123!"

    /// How many rows that will be.
    package let rows: @Sendable (SeedPlan) -> Int
    let fill: @Sendable (Seeder) async throws -> Void

    package init(
        rows: @escaping @Sendable (SeedPlan) -> Int, fill: @escaping @Sendable (Seeder) async throws -> Void
    ) {
        (self.rows, self.fill) = (rows, fill)
    }

    /// All of it or nothing.
    package func apply(
        _ plan: SeedPlan, to database: any Database, added: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        try await database.transaction(TransactionOptions(attempts: 1)) { transaction in
            try await fill(Seeder(plan: plan, transaction: transaction, added: added))
        }
    }
}

/// Adds rows to tables.
package struct Seeder: Sendable {
    package let plan: SeedPlan
    fileprivate let transaction: any Transaction
    fileprivate let added: @Sendable (Int) -> Void

    /// A statement has a time limit, whatever there is to do; so a large table is loaded by several.
    private static let rowsAtOnce = 100_000
    private static let rowsBetweenReports = 512

    /// One row for each number from 0.
    package func fill(_ table: BulkTable, _ count: Int, row: (Int) throws -> [SQLValue]) async throws {
        for start in stride(from: 0, to: count, by: Self.rowsAtOnce) {
            let end = min(start + Self.rowsAtOnce, count)
            _ = try await transaction.load(table) { loader in
                for number in start..<end {
                    try await loader.add(try row(number))
                    if (number + 1).isMultiple(of: Self.rowsBetweenReports) { added(Self.rowsBetweenReports) }
                }
            }
        }
        added(count % Self.rowsBetweenReports)
    }
}
