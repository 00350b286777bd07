package import TradewindDomain
package import TradewindPersistence

/// How an aggregate is kept as a row: the four statements of a repository, in one place.
package struct AggregateTable<A: Aggregate>: Sendable {
    let select: @Sendable (ID<A.Tag>) -> SQL
    let read: @Sendable (Row) throws -> A
    let insert: @Sendable (A) throws -> SQL
    let update: @Sendable (A) throws -> SQL
    /// What a violated unique constraint means, by its name.
    let conflicts: @Sendable (A) -> [String: any Error]

    /// - Parameters:
    ///   - select: one row by its id. It is locked where the database locks rows.
    ///   - update: sets the row of that id, which is known to be there, to the aggregate, its version included.
    package init(
        select: @escaping @Sendable (ID<A.Tag>) -> SQL, read: @escaping @Sendable (Row) throws -> A,
        insert: @escaping @Sendable (A) throws -> SQL, update: @escaping @Sendable (A) throws -> SQL,
        conflicts: @escaping @Sendable (A) -> [String: any Error] = { _ in [:] }
    ) {
        (self.select, self.read, self.insert, self.update) = (select, read, insert, update)
        self.conflicts = conflicts
    }
}

extension Work {
    /// A new aggregate, stored with the commit.
    ///
    /// - Parameter conflicts: what a violated unique constraint means here, beside what it means to the table.
    package func add<A: Aggregate>(
        _ aggregate: A, to table: AggregateTable<A>, conflicts: [String: any Error] = [:]
    ) throws {
        var stored = aggregate
        stored.version = Version.new.next
        write(try table.insert(stored), conflicts: table.conflicts(stored).merging(conflicts) { $1 })
    }

    /// Loads, changes and stores. The change cannot wait, so nothing remote can happen inside it; nobody else changes
    /// the aggregate until the commit. Throws what the change throws, and stores nothing then.
    ///
    /// - Parameter expected: the version that the caller saw, where it said so: `If-Match`.
    /// - Returns: the aggregate as it will be, and what happened, for the caller to publish.
    @discardableResult
    package func update<A: Aggregate>(
        _ id: ID<A.Tag>, in table: AggregateTable<A>, expected: Version? = nil,
        _ change: (inout A) throws -> [A.Event]
    ) async throws -> (aggregate: A, events: [A.Event]) {
        guard let row = try await query("\(table.select(id)) FOR UPDATE").first else { throw NotFound(A.kind, id) }
        var aggregate = try table.read(row)
        if let expected, expected != aggregate.version { throw VersionConflict(A.kind, id, expected: expected) }
        let events = try change(&aggregate)
        guard !events.isEmpty else { return (aggregate, []) }
        aggregate.version = aggregate.version.next
        write(try table.update(aggregate), conflicts: table.conflicts(aggregate))
        return (aggregate, events)
    }
}
