/// A table to be filled, and the columns in the order in which `add` gives their values. Literals, as in `SQL`.
package struct BulkTable: Sendable {
    package let name: StaticString, columns: [StaticString]

    package init(_ name: StaticString, columns: StaticString...) { (self.name, self.columns) = (name, columns) }

    /// Names as they stand in the source: `orders.lines (id, note)`.
    package var description: String { "\(name) (\(columns.map(\.description).joined(separator: ", ")))" }
}

/// Takes the rows of a bulk load, as fast as the database does.
package protocol BulkLoader: AnyObject, Sendable {
    func add(_ values: [SQLValue]) async throws(DatabaseError)
}

extension BulkLoader {
    package func add(_ values: any SQLBindable...) async throws(DatabaseError) { try await add(values.map(\.sqlValue)) }
}
