package import TradewindDomain
package import TradewindPersistence

extension AuthService {
    package static let schema = MigrationSet(
        name,
        [
            Migration(
                1, "sessions",
                """
                CREATE TABLE sessions (
                    id uuid PRIMARY KEY, user_id uuid NOT NULL, digest text NOT NULL, opened_at timestamptz NOT NULL,
                    expires_at timestamptz NOT NULL,
                    CONSTRAINT sessions_digest_key UNIQUE (digest)
                );
                CREATE INDEX sessions_user ON sessions (user_id);
                CREATE INDEX sessions_expiry ON sessions (expires_at);
                CREATE TABLE spent_tokens (
                    digest text PRIMARY KEY, session_id uuid NOT NULL, expires_at timestamptz NOT NULL
                );
                CREATE INDEX spent_tokens_expiry ON spent_tokens (expires_at);
                CREATE TABLE login_failures (
                    subject text PRIMARY KEY, times timestamptz[] NOT NULL, last_at timestamptz NOT NULL
                );
                CREATE INDEX login_failures_age ON login_failures (last_at)
                """)
        ])

    /// Forgets what counts no more.
    package static func prune(_ database: any Database, at now: Timestamp) async throws {
        try await database.execute("DELETE FROM sessions WHERE expires_at <= \(now)")
        try await database.execute("DELETE FROM spent_tokens WHERE expires_at <= \(now)")
        try await database.execute("DELETE FROM login_failures WHERE last_at <= \(now - LoginFailures.window)")
    }
}
