package import TradewindDomain
package import TradewindPersistence

/// The events that are committed and not yet acknowledged by the broker: rows beside the state that they tell of.
package struct Outbox: Sendable {
    private let database: any Database

    package init(_ database: any Database) { self.database = database }

    /// The row of an event, to be committed with what the event tells of.
    package static func insert(_ event: Envelope, at now: Timestamp) -> SQL {
        """
        INSERT INTO outbox (id, topic, key, body, created_at)
        VALUES (\(event.id), \(event.topic.description), \(event.key), \(event.body), \(now))
        """
    }

    package struct Status: Hashable, Sendable {
        package let pending: Int
        package let oldest: Timestamp?
        /// Those that were tried this often in vain hold up the events of their key until somebody looks.
        package let stuck: Int
    }

    package static let stuckAfter = 10

    package func status() async throws -> Status {
        let rows = try await database.query(
            """
            SELECT count(*), min(created_at), coalesce(sum(CASE WHEN attempts >= \(Self.stuckAfter) THEN 1 ELSE 0 END), 0)
            FROM outbox
            """)
        guard let row = rows.first else { return Status(pending: 0, oldest: nil, stuck: 0) }
        return Status(pending: try row.decode(0), oldest: try row.decode(1), stuck: try row.decode(2))
    }

    package struct StuckEvent: Hashable, Sendable, RowReadable {
        package let id: UUID, topic: String, key: String, attempts: Int, failure: String?

        package init(_ row: Row) throws {
            (id, topic, key) = (try row.decode(0), try row.decode(1), try row.decode(2))
            (attempts, failure) = (try row.decode(3), try row.decode(4))
        }
    }

    /// The first of those that were tried in vain, with the reason.
    package func stuck(limit: Int = 100) async throws -> [StuckEvent] {
        try await database.query(
            """
            SELECT id, topic, key, attempts, failure FROM outbox WHERE attempts >= \(Self.stuckAfter)
            ORDER BY position LIMIT \(limit)
            """
        ).decode()
    }

    /// Has all that were refused tried again at once, by whichever instance publishes. Returns how many.
    package func replay() async throws -> Int {
        try await database.execute("UPDATE outbox SET attempts = 0 WHERE attempts > 0")
    }
}
