package import TradewindPersistence

extension NotebookService {
    package static let schema = MigrationSet(
        name,
        [
            Migration(
                1, "notes",
                """
                CREATE TABLE notes (
                    id uuid PRIMARY KEY, user_id uuid NOT NULL, name text NOT NULL, created_at timestamptz NOT NULL,
                    updated_at timestamptz NOT NULL, deleted_at timestamptz, version bigint NOT NULL
                );
                CREATE UNIQUE INDEX notes_user_name ON notes (user_id, name) WHERE deleted_at IS NULL;
                CREATE INDEX notes_user ON notes (user_id, id)
                """)
        ])
}
