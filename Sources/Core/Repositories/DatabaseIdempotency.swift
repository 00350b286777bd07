package import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence

/// Answers beside the effects they tell of, in the same database and the same commit.
package struct DatabaseIdempotency: IdempotencyStore {
    package typealias Transaction = Work

    private let database: any Database
    private let limits: IdempotencyLimits

    package init(_ database: any Database, limits: IdempotencyLimits = IdempotencyLimits()) {
        (self.database, self.limits) = (database, limits)
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
                    """)
            ])
    }

    package func claim(_ claim: IdempotencyClaim, at now: Timestamp) async throws -> ClaimResult {
        let (scope, print) = (claim.scope, String(claim.fingerprint.bits, radix: 16))
        let reserved = try await database.query(
            """
            INSERT INTO idempotency (command, caller, key, fingerprint, owner, ends_at)
            VALUES (\(scope.command), \(scope.caller), \(scope.key.description), \(print), \(claim.owner), \
            \(now + limits.reservation))
            ON CONFLICT (command, caller, key) DO UPDATE
            SET fingerprint = excluded.fingerprint, owner = excluded.owner, answer = NULL, ends_at = excluded.ends_at
            WHERE idempotency.ends_at <= \(now)
            RETURNING owner
            """)
        if !reserved.isEmpty { return .reserved }
        let found = try await database.query("SELECT fingerprint, answer FROM idempotency WHERE \(Self.is(scope))")
        // Gone between the two statements: the attempt that it waits for has failed just now.
        guard let row = found.first else { return .busy }
        guard try row.decode(0) == print else { return .differs }
        return try row.decode(1, as: [UInt8]?.self).map { .answered($0) } ?? .busy
    }

    package func complete(
        _ claim: IdempotencyClaim, with answer: [UInt8], at now: Timestamp, in transaction: Work
    ) async throws {
        let kept = try await transaction.query(
            """
            UPDATE idempotency SET answer = \(answer), ends_at = \(now + limits.retention)
            WHERE \(Self.is(claim.scope)) AND owner = \(claim.owner)
            """)
        if kept.affected != 1 { throw ReservationLost() }
    }

    package func end(_ claim: IdempotencyClaim, committed: Bool) async {
        if committed { return }
        // When this fails the reservation runs out by itself.
        _ = try? await database.execute(
            "DELETE FROM idempotency WHERE \(Self.is(claim.scope)) AND owner = \(claim.owner) AND answer IS NULL")
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

    private static func `is`(_ scope: IdempotencyClaim.Scope) -> SQL {
        "command = \(scope.command) AND caller = \(scope.caller) AND key = \(scope.key.description)"
    }
}
