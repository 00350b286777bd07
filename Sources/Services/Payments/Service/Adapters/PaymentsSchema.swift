package import TradewindPersistence

extension PaymentsService {
    package static let schema =
        MigrationSet(
            name,
            [
                Migration(
                    1, "payments",
                    """
                    CREATE TABLE payments (
                        id uuid PRIMARY KEY, order_id uuid NOT NULL, user_id uuid NOT NULL,
                        amount numeric(16, 2) NOT NULL, status text NOT NULL, failure_reason text,
                        order_cancelled boolean NOT NULL, created_at timestamptz NOT NULL,
                        updated_at timestamptz NOT NULL, version bigint NOT NULL,
                        CONSTRAINT payments_order_key UNIQUE (order_id)
                    );
                    CREATE INDEX payments_user ON payments (user_id, id);
                    CREATE INDEX payments_status ON payments (status, id)
                    """)
            ])
}
