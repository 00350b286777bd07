package import TradewindDatabases

/// Where the services of a program keep their data: each in a database of its own (docs/decisions/0042).
package struct DatabaseConfig: Sendable {
    package let limits: DatabaseLimits
    package let outboxLag: Duration
    package let inboxRetention: Duration
    package let answerRetention: Duration
    package let pruneInterval: Duration
    private let places: [String: DatabaseURL]

    package init(_ env: inout ConfigReader, hosting services: [HostedService]) {
        env.section("Database")
        places = Self.places(&env, services)
        limits = DatabaseLimits(
            connections: env(
                "DB_POOL", .int(1...10_000), default: 16,
                help: "Connections to PostgreSQL of a service, all loops together"),
            statementTimeout: env(
                "DB_STATEMENT_TIMEOUT", .duration(.milliseconds(1) ... .seconds(3600)), default: .seconds(30),
                help: "A statement that takes longer is ended"))
        outboxLag = env(
            "OUTBOX_MAX_LAG", .duration(.seconds(1) ... .seconds(86_400)), default: .seconds(60),
            help: "How long a committed event may wait to be told before `/health` says so")
        inboxRetention = env(
            "INBOX_RETENTION", .retention, default: .seconds(7 * 86_400),
            help: "How long it is known which messages were handled: longer than a broker delivers again")
        answerRetention = env(
            "IDEMPOTENCY_RETENTION", .retention, default: .seconds(86_400),
            help: "How long a repeated `Idempotency-Key` is given the first answer")
        pruneInterval = env(
            "PRUNE_INTERVAL", .duration(.seconds(1) ... .seconds(86_400)), default: .seconds(600),
            help: "How often what is older is deleted")
    }

    private static func places(_ env: inout ConfigReader, _ services: [HostedService]) -> [String: DatabaseURL] {
        let common = common(&env)
        let encryption = Encryption(&env)
        var places: [String: DatabaseURL] = [:]
        for service in services where service.schema != nil {
            let variable = service.variable("DATABASE_URL")
            let own = env(
                variable, .databaseURL, default: common.of(service.name),
                describedDefault: "the service's own by `DATABASE_URL`", family: "<NAME>_DATABASE_URL",
                help: "The database of one service, stronger than `DATABASE_URL`")
            let place = encryption.applied(to: own.of(service.name))
            if place.place != .memory, let other = services.first(where: { places[$0.name] == place }) {
                let both = env.isSet("DATABASE_URL") ? "DATABASE_URL" : "POSTGRES_DB"
                env.refuse(
                    env.isSet(variable) ? variable : both,
                    because: "\(other.name) and \(service.name) would share a database; write {service} for its name, "
                        + "or leave the name of the database out")
            }
            places[service.name] = place
        }
        return places
    }

    /// What all services have in common, as one text.
    private static func common(_ env: inout ConfigReader) -> DatabaseURL {
        let url = env.optional(
            "DATABASE_URL", .databaseURL, describedDefault: "`sqlite:./data/<service>.db`",
            help: "`{service}` stands for the service's name, and is the database of a server when none is named")
        let host = env.optional(
            "POSTGRES_HOST", .text, aliases: ["DB_HOST"], help: "PostgreSQL without a `DATABASE_URL`, which is stronger"
        )
        let port = env("POSTGRES_PORT", .port, aliases: ["DB_PORT"], default: 5432, help: "Its port")
        let user = env.optional("POSTGRES_USER", .text, aliases: ["DB_USERNAME"], help: "Who we are to it")
        let password = env.optional("POSTGRES_PASSWORD", .secret(), aliases: ["DB_PASSWORD"], help: "Proof of that")
        let database = env.optional(
            "POSTGRES_DB", .text, aliases: ["DB_DATABASE"], describedDefault: "the service's name",
            help: "Its database; `{service}` stands for the service's name")
        let server = host.map {
            DatabaseURL(postgres: $0, port: port, user: user, password: password?.revealed, database: database)
        }
        return url ?? server ?? .byDefault
    }

    /// Nil for a service that said it has none.
    package func place(of service: HostedService) -> DatabaseURL? { places[service.name] }

    /// What readiness and log lines call it.
    package func label(of service: HostedService) -> String {
        let services = places.keys.filter { $0 != HostedService.messages.name }
        return services == [service.name] ? "database" : "database of \(service.name)"
    }
}

extension DatabaseURL {
    /// In the working directory.
    fileprivate static let byDefault = DatabaseURL("sqlite:./data/{service}.db") ?? DatabaseURL.memory
}

extension Kind<Duration> {
    fileprivate static var retention: Self { .duration(.seconds(60) ... .seconds(365 * 86_400)) }
}

extension Kind<DatabaseURL> {
    package static var databaseURL: Self {
        Self(
            "postgres://…, sqlite:PATH or memory:", parse: { DatabaseURL($0) }, format: { hidingPasswords($0.text) },
            redact: hidingPasswords)
    }

    /// A password may also be a parameter.
    @Sendable private static func hidingPasswords(_ text: String) -> String {
        let text = Kind<String>.withoutCredentials(text)
        guard let mark = text.firstIndex(of: "?") else { return text }
        let parameters = text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        let shown = parameters.map { parameter in
            let name = parameter.prefix { $0 != "=" }
            return name.hasSuffix("password") ? "\(name)=\(Secret<String>.mask)" : String(parameter)
        }
        return text[...mark] + shown.joined(separator: "&")
    }
}

/// TLS to PostgreSQL, for all databases whose URL does not say.
private struct Encryption {
    enum Mode: String, CaseIterable, Sendable {
        case disable, allow, prefer, require
        case verifyCA = "verify-ca"
        case verifyFull = "verify-full"
    }

    let mode: Mode?, root: String?

    init(_ env: inout ConfigReader) {
        mode = env.optional(
            "POSTGRES_SSLMODE", .choice, aliases: ["DB_SSLMODE"], describedDefault: "`prefer`",
            help: "Encryption, and whose certificate is trusted; `sslmode` in a URL is stronger")
        root = env.optional(
            "POSTGRES_SSLROOTCERT", .readableFile, aliases: ["DB_SSLROOTCERT"],
            help: "The authorities that `verify-ca` and `verify-full` trust; `sslrootcert` in a URL is stronger")
    }

    func applied(to place: DatabaseURL) -> DatabaseURL {
        var place = place
        if let mode { place = place.adding("sslmode", mode.rawValue) }
        if let root { place = place.adding("sslrootcert", root) }
        return place
    }
}
