package import TradewindPersistence

extension MigrationSet {
    /// The tables by which a service publishes what it commits, and handles each message once.
    package static func messaging() -> MigrationSet {
        MigrationSet(
            "messaging",
            [
                Migration(
                    1, "outbox",
                    postgres: """
                        CREATE TABLE outbox (
                            position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                            id uuid NOT NULL, topic text NOT NULL, key text NOT NULL, body bytea NOT NULL,
                            created_at timestamptz NOT NULL, attempts integer NOT NULL DEFAULT 0, failure text
                        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
                        CREATE TABLE outbox_relay (one integer PRIMARY KEY);
                        INSERT INTO outbox_relay VALUES (1)
                        """,
                    sqlite: """
                        CREATE TABLE outbox (
                            position integer PRIMARY KEY AUTOINCREMENT,
                            id uuid NOT NULL, topic text NOT NULL, key text NOT NULL, body bytea NOT NULL,
                            created_at timestamptz NOT NULL, attempts integer NOT NULL DEFAULT 0, failure text
                        )
                        """),
                Migration(
                    2, "inbox",
                    """
                    CREATE TABLE inbox (
                        consumer text NOT NULL, message text NOT NULL, handled_at timestamptz NOT NULL,
                        PRIMARY KEY (consumer, message)
                    );
                    CREATE INDEX inbox_age ON inbox (handled_at)
                    """),
            ])
    }
}
