package import TradewindBrokers
internal import TradewindKafka
package import TradewindRedis

/// What carries messages between services.
package struct MessagingConfig: Sendable {
    package let broker: BrokerChoice
    /// Where instances share what they count and remember; nil where the settings name no Redis.
    package let redis: RedisSettings?

    package init(_ env: inout ConfigReader, program: String) {
        env.section("Messaging")
        let name: BrokerChoice.Name = env(
            "MESSAGING_BACKEND", .choice, default: .embedded,
            help: "`embedded` reaches the services of its own process only; the others need a broker")
        let (isNamed, redis) = RedisSettings.read(&env)
        let kafka = KafkaSettings(&env, program: program)
        self.redis = isNamed || name == .redis ? redis : nil
        broker =
            switch name {
            case .embedded: .embedded
            case .redis: .redis(redis)
            case .kafka: .kafka(kafka)
            }
    }

    /// What the broker itself keeps in a database, beside those of the services.
    var stores: [HostedService] { broker.name == .embedded ? [.messages] : [] }
}

extension HostedService {
    /// Not a service: where the embedded broker keeps dead letters.
    static let messages = HostedService("messages", port: 0, schema: [BrokerChoice.deadLetters])
}

extension RedisSettings {
    /// And whether they are named at all.
    fileprivate static func read(_ env: inout ConfigReader) -> (isNamed: Bool, settings: RedisSettings) {
        let url = env.optional(
            "REDIS_URL", .redisURL, describedDefault: "`redis://127.0.0.1:6379`",
            help: "redis://user:password@host:port/number, or rediss:// through TLS; rate limits are shared there")
        let host = env(
            "REDIS_HOST", .text, default: "127.0.0.1", help: "Redis without a `REDIS_URL`, which is stronger")
        let port = env("REDIS_PORT", .port, default: 6379, help: "Its port")
        let password = env.optional("REDIS_PASSWORD", .secret(), help: "Its password")
        var settings = RedisSettings()
        (settings.host, settings.port, settings.password) = (host, port, password?.revealed ?? "")
        return (url != nil, url ?? settings)
    }
}

extension KafkaSettings {
    fileprivate init(_ env: inout ConfigReader, program: String) {
        let brokers = env(
            "KAFKA_BROKERS", .text, aliases: ["KAFKA_BROKER"], default: "127.0.0.1:9092",
            help: "host:port, several with commas; one that answers is enough")
        self.init(brokers)
        client = env(
            "KAFKA_SERVICE_ID", .text, aliases: ["KAFKA_CLIENT_ID"], default: program,
            describedDefault: "the program's name", help: "What the broker's logs call us")
        partitions = env(
            "KAFKA_PARTITIONS", .int(1...10_000), default: partitions, help: "Of topics that do not exist yet")
        replication = env(
            "KAFKA_REPLICATION", .int(-1...100), default: replication,
            help: "Copies of topics that do not exist yet; `-1` leaves it to the broker")
        let name = env.optional("KAFKA_USERNAME", .text, help: "Turns SASL on")
        let password = env.optional("KAFKA_PASSWORD", .secret(), help: "Proof of that")
        let mechanism: Mechanism = env(
            "KAFKA_SASL_MECHANISM", .choice, default: .plain, help: "How the password is proven")
        let isSecured = env("KAFKA_TLS", .bool, default: false, help: "Whether the connection is encrypted")
        let authorities = env.optional(
            "KAFKA_CA", .readableFile, describedDefault: "the system's", help: "The authorities that are trusted")
        if let name {
            login = Login(mechanism, name: name, password: password?.revealed ?? "")
        }
        if isSecured { encryption = .tls(authorities: authorities) }
    }
}

extension Kind<RedisSettings> {
    fileprivate static var redisURL: Self {
        Self(
            "redis://… or rediss://…", parse: { try? RedisSettings(url: $0) }, format: \.description,
            redact: Kind<String>.withoutCredentials)
    }
}
