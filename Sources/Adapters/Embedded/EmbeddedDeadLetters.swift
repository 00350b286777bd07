internal import TradewindDomain
internal import TradewindMessaging
package import TradewindPersistence

extension EmbeddedBroker {
    package static let migrations =
        MigrationSet(
            "embedded-broker",
            [
                Migration(
                    1, "dead-letters",
                    """
                    CREATE TABLE dead_letters (
                        id text PRIMARY KEY, topic text NOT NULL, key text NOT NULL, body bytea NOT NULL,
                        headers jsonb NOT NULL, reason text NOT NULL, attempts bigint NOT NULL,
                        failed_at timestamptz NOT NULL
                    );
                    CREATE INDEX dead_letters_topic ON dead_letters (topic, failed_at)
                    """)
            ])
}

struct EmbeddedDeadLetters: DeadLetters {
    private let database: any Database

    init(_ database: any Database) { self.database = database }

    func keep(_ letter: DeadLetter) async throws(BrokerFailure) {
        try await attempt {
            try await database.execute(
                """
                INSERT INTO dead_letters (id, topic, key, body, headers, reason, attempts, failed_at)
                VALUES (\(letter.id.description), \(letter.topic.description), \(letter.key), \(letter.body), \
                \(try JSONText(letter.headers)), \(letter.reason), \(letter.attempts), \(letter.at))
                ON CONFLICT (id) DO UPDATE
                SET reason = excluded.reason, attempts = excluded.attempts, failed_at = excluded.failed_at
                """)
        }
    }

    func list(_ topics: [EventName], limit: Int) async throws(BrokerFailure) -> [DeadLetter] {
        try await attempt {
            try await database.query(
                """
                SELECT id, key, body, headers, reason, attempts, failed_at FROM dead_letters
                WHERE topic = ANY (\(topics.map(\.description))) ORDER BY failed_at, id LIMIT \(limit)
                """
            ).map(Self.read)
        }
    }

    func find(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> DeadLetter? {
        try await attempt {
            try await database.query(
                """
                SELECT id, key, body, headers, reason, attempts, failed_at FROM dead_letters
                WHERE id = \(id.description)
                """
            ).first.map(Self.read)
        }
    }

    func drop(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> Bool {
        try await attempt {
            try await database.execute("DELETE FROM dead_letters WHERE id = \(id.description)") == 1
        }
    }

    func check() async throws(BrokerFailure) { try await attempt { try await database.query("SELECT 1") } }

    private static func read(_ row: Row) throws -> DeadLetter {
        let text: String = try row.decode(0)
        guard let id = DeadLetter.Identifier(text) else { throw BrokerFailure(.refused, "\(text) is no dead letter") }
        return DeadLetter(
            id: id, key: try row.decode(1), body: try row.decode(2),
            headers: try row.decode(3, as: JSONText.self).decode(), reason: try row.decode(4),
            attempts: try row.decode(5), at: try row.decode(6))
    }

    @discardableResult
    private func attempt<Result>(_ body: () async throws -> Result) async throws(BrokerFailure) -> Result {
        do {
            return try await body()
        } catch let failure as BrokerFailure {
            throw failure
        } catch {
            throw BrokerFailure(.unavailable, "dead letters cannot be kept: \(error)")
        }
    }
}
