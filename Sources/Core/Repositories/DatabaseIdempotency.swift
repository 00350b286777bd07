package import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence

/// Answers beside the effects they tell of, in the same database and the same commit.
package struct DatabaseIdempotency: IdempotencyStore {
    package typealias Transaction = Work

    private let database: any Database
    private let retention: Duration

    /// - Parameter retention: how long an answer is kept.
    package init(_ database: any Database, retention: Duration = .seconds(24 * 3600)) {
        (self.database, self.retention) = (database, retention)
    }

    package static func migrations() -> MigrationSet {
        MigrationSet(
            "idempotency",
            [
                Migration(
                    1, "answers",
                    """
                    CREATE TABLE idempotency (
                        command text NOT NULL, caller text NOT NULL, key text NOT NULL, fingerprint text NOT NULL,
                        owner uuid NOT NULL, answer bytea, ends_at timestamptz NOT NULL,
                        PRIMARY KEY (command, caller, key)
                    );
                    CREATE INDEX idempotency_end ON idempotency (ends_at)
                    """),
                Migration(
                    2, "answers_only",
                    """
                    DELETE FROM idempotency WHERE answer IS NULL;
                    ALTER TABLE idempotency DROP COLUMN owner
                    """),
            ])
    }

    /// With the other writes, where it costs no round trip.
    package func keep(_ answer: [UInt8], for claim: IdempotencyClaim, at now: Timestamp, in work: Work) {
        work.write(
            """
            INSERT INTO idempotency (command, caller, key, fingerprint, answer, ends_at)
            VALUES (\(claim.command), \(claim.caller), \(claim.key.description), \(Self.text(claim.fingerprint)), \
            \(answer), \(now + retention))
            """)
    }

    package func answer(to claim: IdempotencyClaim) async throws -> KeptAnswer? {
        let found = try await database.query(
            """
            SELECT fingerprint, answer FROM idempotency
            WHERE command = \(claim.command) AND caller = \(claim.caller) AND key = \(claim.key.description)
            """)
        guard let row = found.first else { return nil }
        guard try row.decode(0) == Self.text(claim.fingerprint) else { return .ofAnotherRequest }
        return .answer(try row.decode(1))
    }

    /// Forgets what is too old, a portion at a time.
    @discardableResult
    package func prune(at now: Timestamp, portion: Int = 5_000) async throws -> Int {
        var pruned = 0
        while true {
            let count = try await database.execute(
                """
                DELETE FROM idempotency WHERE (command, caller, key) IN (
                    SELECT command, caller, key FROM idempotency WHERE ends_at <= \(now)
                    ORDER BY ends_at LIMIT \(portion))
                """)
            pruned += count
            if count < portion { return pruned }
        }
    }

    private static func text(_ fingerprint: Fingerprint) -> String { String(fingerprint.bits, radix: 16) }
}
