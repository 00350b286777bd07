package import TradewindPersistence

extension OrdersService {
    package static let schema =
        MigrationSet(
            name,
            [
                Migration(
                    1, "orders",
                    """
                    CREATE TABLE orders (
                        id uuid PRIMARY KEY, user_id uuid NOT NULL, items jsonb NOT NULL, total numeric(16, 2) NOT NULL,
                        status text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
                        version bigint NOT NULL
                    );
                    CREATE INDEX orders_user ON orders (user_id, id);
                    CREATE INDEX orders_status ON orders (status, id);
                    CREATE TABLE known_users (user_id uuid PRIMARY KEY, deleted_at timestamptz)
                    """)
            ])
}
