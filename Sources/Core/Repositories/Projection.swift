package import TradewindDomain
package import TradewindPersistence

/// A read model: what its rows become with each event. It follows from the events alone, so it can be thrown away and
/// made again.
package protocol Projection<Source>: Sendable {
    associatedtype Source: EventSourced

    /// Empties the read model.
    var reset: [SQL] { get }
    func statements(for entry: EventEntry<Source>) -> [SQL]
}

extension Projection where Source: Codable, Source.Event: Codable {
    /// Makes the read model anew from all events. Nobody appends meanwhile; readers see the old one until it is done.
    /// Returns how many events there were.
    @discardableResult
    package func rebuild(in database: any Database) async throws -> Int {
        try await database.transaction { transaction in
            if transaction.dialect == .postgres { try await transaction.execute("LOCK TABLE events IN SHARE MODE") }
            if !reset.isEmpty { _ = try await transaction.batch(reset) }
            var (count, last) = (0, Int64.min)
            while true {
                let rows = try await transaction.query(
                    """
                    SELECT position, stream, version, body, happened_at FROM events
                    WHERE kind = \(Source.kind) AND position > \(last) ORDER BY position LIMIT 500
                    """)
                guard !rows.isEmpty else { return count }
                var statements: [SQL] = []
                for row in rows {
                    last = try row.decode(0)
                    let entry = EventEntry<Source>(
                        event: try row.decode(3, as: JSONText.self).decode(), id: ID(try row.decode(1)),
                        version: Version(try row.decode(2)), at: try row.decode(4))
                    statements += self.statements(for: entry)
                }
                if !statements.isEmpty { _ = try await transaction.batch(statements) }
                count += rows.count
            }
        }
    }
}
