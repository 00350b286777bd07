package import TradewindPersistence

extension MigrationSet {
    /// The tables of event-sourced aggregates. `position` is the order of all events, for rebuilding read models.
    package static func eventStore() -> MigrationSet {
        MigrationSet(
            "event-store",
            [
                Migration(
                    1, "events",
                    """
                    CREATE TABLE events (
                        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                        kind text NOT NULL, stream uuid NOT NULL, version bigint NOT NULL,
                        body jsonb NOT NULL, happened_at timestamptz NOT NULL,
                        CONSTRAINT events_stream_version_key UNIQUE (stream, version));
                    CREATE TABLE snapshots (
                        stream uuid PRIMARY KEY, version bigint NOT NULL, body jsonb NOT NULL)
                    """)
            ])
    }
}
