package import TradewindPersistence

extension UsersService {
    package static let schema = MigrationSet(
        name,
        [
            Migration(
                1, "users",
                """
                CREATE TABLE users (
                    id uuid PRIMARY KEY, email text NOT NULL, email_key text NOT NULL, name text NOT NULL,
                    role text NOT NULL, password_hash text NOT NULL, created_at timestamptz NOT NULL,
                    updated_at timestamptz NOT NULL, deleted_at timestamptz, version bigint NOT NULL
                );
                CREATE UNIQUE INDEX users_email_key ON users (email_key) WHERE deleted_at IS NULL;
                CREATE INDEX users_role ON users (role, id)
                """)
        ])
}
