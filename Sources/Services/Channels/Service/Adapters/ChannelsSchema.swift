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
                """),
            Migration(
                2, "signals",
                """
                CREATE TABLE messages (
                    id uuid PRIMARY KEY, channel_id uuid NOT NULL, external_id text, reply_to text, author text,
                    text text NOT NULL, sent_at timestamptz, received_at timestamptz NOT NULL, kind text NOT NULL,
                    signal_id uuid, updated_signals uuid[] NOT NULL, reason text,
                    CONSTRAINT messages_external_key UNIQUE (channel_id, external_id)
                );
                CREATE INDEX messages_channel ON messages (channel_id, id);
                CREATE TABLE signals (
                    id uuid PRIMARY KEY, channel_id uuid NOT NULL, symbol text NOT NULL, side text NOT NULL,
                    status text NOT NULL, received_at timestamptz NOT NULL, expires_at timestamptz,
                    settled_at timestamptz, risk_reward bigint, gain bigint, is_hit boolean NOT NULL,
                    body jsonb NOT NULL, version bigint NOT NULL
                );
                CREATE INDEX signals_channel ON signals (channel_id, id);
                CREATE INDEX signals_symbol ON signals (symbol, id);
                CREATE INDEX signals_status ON signals (status, id);
                CREATE INDEX signals_open ON signals (symbol) WHERE status = 'open';
                CREATE INDEX signals_open_in_channel ON signals (channel_id) WHERE status = 'open';
                CREATE INDEX signals_expiry ON signals (expires_at) WHERE status = 'open';
                CREATE TABLE prices (symbol text PRIMARY KEY, quote jsonb NOT NULL, at timestamptz NOT NULL);
                CREATE TABLE webhook_secrets (channel_id uuid PRIMARY KEY, box text NOT NULL, older_box text)
                """),
            Migration(
                3, "followers",
                """
                CREATE TABLE followers (
                    id uuid PRIMARY KEY, channel_id uuid NOT NULL, user_id uuid NOT NULL, status text NOT NULL,
                    terms jsonb NOT NULL, balance bigint NOT NULL, created_at timestamptz NOT NULL,
                    updated_at timestamptz NOT NULL, version bigint NOT NULL
                );
                CREATE INDEX followers_channel ON followers (channel_id, id);
                CREATE INDEX followers_user ON followers (user_id, id);
                CREATE TABLE copies (
                    id uuid PRIMARY KEY, signal_id uuid NOT NULL, follower_id uuid NOT NULL, status text NOT NULL,
                    reason text, product text, quantity integer, price bigint, volume bigint, gain bigint,
                    requested_at timestamptz NOT NULL, ended_at timestamptz,
                    CONSTRAINT copies_signal_follower_key UNIQUE (signal_id, follower_id)
                );
                CREATE INDEX copies_follower ON copies (follower_id, requested_at);
                CREATE INDEX copies_open ON copies (signal_id, follower_id) WHERE status = 'requested';
                CREATE INDEX copies_open_of_follower ON copies (follower_id) WHERE status = 'requested'
                """),
        ])
}
