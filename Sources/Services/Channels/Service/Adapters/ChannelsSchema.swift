package import TradewindPersistence
internal import TradewindRepositories

extension ChannelsService {
    package static let schema = MigrationSet(
        name,
        [
            Migration(
                1, "channels",
                """
                CREATE TABLE channel_origins (
                    user_id uuid NOT NULL, type text NOT NULL, external_id text NOT NULL, channel_id uuid NOT NULL,
                    PRIMARY KEY (user_id, type, external_id)
                );
                CREATE TABLE channels (
                    id uuid PRIMARY KEY, user_id uuid NOT NULL, type text NOT NULL, external_id text NOT NULL,
                    name text NOT NULL, status text NOT NULL, settings jsonb, created_at timestamptz NOT NULL,
                    version bigint NOT NULL
                );
                CREATE INDEX channels_user ON channels (user_id, id)
                """)
        ])
}
