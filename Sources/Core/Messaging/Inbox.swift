package import TradewindDomain
package import TradewindPersistence

/// Which messages a consumer has handled: recorded in the transaction of their effect, so that a message which comes
/// again changes nothing.
package struct Inbox: Sendable {
    package let consumer: String

    package init(consumer: String) { self.consumer = consumer }

    /// Records the message with other writes. Violates `constraint` when it was handled before.
    package func insert(_ message: String, at now: Timestamp) -> SQL {
        "INSERT INTO inbox (consumer, message, handled_at) VALUES (\(consumer), \(message), \(now))"
    }

    package static let constraint = "inbox_pkey"

    package func holds(_ message: String, in session: any Session) async throws -> Bool {
        try await !session.query("SELECT 1 FROM inbox WHERE consumer = \(consumer) AND message = \(message)").isEmpty
    }

    /// False when the message was handled before. Two who handle it at once: the second waits for the first to end.
    package func record(_ message: String, at now: Timestamp, in transaction: any Transaction) async throws -> Bool {
        try await transaction.execute(
            """
            INSERT INTO inbox (consumer, message, handled_at) VALUES (\(consumer), \(message), \(now))
            ON CONFLICT (consumer, message) DO NOTHING
            """) == 1
    }

    /// Forgets what was handled before `moment`, of all consumers: longer ago than any broker delivers again. A portion
    /// at a time, so that no transaction is long.
    package static func prune(
        before moment: Timestamp, in database: any Database, portion: Int = 5_000
    ) async throws -> Int {
        var pruned = 0
        while true {
            let count = try await database.execute(
                """
                DELETE FROM inbox WHERE (consumer, message) IN
                (SELECT consumer, message FROM inbox WHERE handled_at < \(moment) ORDER BY handled_at LIMIT \(portion))
                """)
            pruned += count
            if count < portion { return pruned }
        }
    }
}
