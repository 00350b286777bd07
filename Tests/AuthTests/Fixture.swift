import Auth
import Testing
internal import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
internal import TradewindHTTPClient
import TradewindJSON
internal import TradewindMessaging
internal import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import TradewindSecurity
import TradewindTesting
import Users
import UsersContracts

/// What users and auth share: secrets, the time.
struct Trust: Sendable {
    let clock = ManualClock()
    let clockwork: Clockwork
    let tokens = AccessTokens(TokenKeys([TokenKey(secret: "the secret of all processes")]))
    let identity = SignedIdentity(secret: "the secret of all processes")
    let authorisation: Authorisation

    init(_ authorisation: Authorisation = .off) {
        clockwork = .manual(clock)
        self.authorisation = authorisation
    }

    var authentication: Authentication {
        Authentication(
            tokens: tokens, apiKeys: APIKeys([("internal", "the key")]), identity: identity,
            isRequired: authorisation == .required, clockwork: clockwork)
    }

    func bearer(_ role: Role) throws -> HTTPHeaders {
        let token = try tokens.issue(to: UUID(high: 1, low: 1), as: role, id: .zero, at: clockwork.now()).token
        return [.authorization: "Bearer \(token)"]
    }
}

/// Auth on a storage, in front of a real users service that it reaches over a socket.
struct AuthDesk: Sendable {
    let bench: ServiceBench<AuthService>
    let trust: Trust
    let compose: @Sendable (Store) throws -> AuthService

    static func open(
        _ storage: Storage, trust: Trust = Trust(), _ body: @escaping @Sendable (AuthDesk) async throws -> Void
    ) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await withUsers(trust) { users in try await open(storage, trust: trust, users: users, body) }
    }

    /// With whatever answers at `users`.
    static func open(
        _ storage: Storage, trust: Trust = Trust(), users: String, patience: Duration = .seconds(60),
        _ body: @escaping @Sendable (AuthDesk) async throws -> Void
    ) async throws {
        try await withClient { client in
            let compose = { @Sendable (store: Store) throws -> AuthService in
                let accounts = try AccountsOfUsers(
                    at: [users], apiKey: "the key", identity: trust.identity, clockwork: trust.clockwork,
                    patience: patience
                ) { try await client.send($0) }
                let desk = TokenDesk(
                    trust.tokens, refreshLifetime: .seconds(7 * 86_400), chance: .live, clockwork: trust.clockwork)
                return try AuthService(
                    store, accounts: accounts, desk: desk, authorisation: trust.authorisation,
                    clockwork: trust.clockwork,
                    addressOf: TrustedProxies(["127.0.0.1"].compactMap { NetworkRange($0) }).client)
            }
            try await ServiceBench.open(
                storage, schema: AuthService.schema, authenticate: trust.authentication.caller,
                authorisation: trust.authorisation,
                { store in
                    let service = try compose(store)
                    return (service, service.api, service.subscriptions)
                }
            ) { try await body(AuthDesk(bench: $0, trust: trust, compose: compose)) }
        }
    }

    private static func withUsers(_ trust: Trust, _ body: @escaping @Sendable (String) async throws -> Void)
        async throws
    {
        try await Storage.memory.open { database in
            for set in [.messaging(), DatabaseIdempotency.migrations(), UsersService.schema] {
                try await Migrator(database).migrate(set, at: .noon)
            }
            // As cheap as bcrypt can be: these tests are about tokens.
            let passwords = PasswordHasher(cost: 4, chance: .live) { job in
                job()
                return true
            }
            let users = try UsersService(
                Store(database, of: "users", clockwork: .live, bell: Bell()), passwords: passwords,
                authorisation: trust.authorisation, clockwork: .live)
            let edge = Edge(
                authenticate: trust.authentication.caller, authorisation: trust.authorisation, clockwork: .live)
            try await withServer(try Routes(users.api.routes(edge, version: "test"))) { try await body($0.url) }
        }
    }

    // MARK: What clients ask

    func post(_ path: String, _ body: JSONValue, from address: String? = nil, _ headers: HTTPHeaders = [:])
        async throws -> TestResponse
    {
        var headers = headers
        headers[.xForwardedFor] = address
        return try await bench.site.post("/api/auth/\(path)", json: body, headers: headers)
    }

    func register(_ email: String = "john@example.com", role: String? = nil, as caller: HTTPHeaders = [:])
        async throws -> TestResponse
    {
        var body: [String: JSONValue] = [
            "email": .string(email), "password": "SecurePass123!", "name": "John",
        ]
        body["role"] = role.map { .string($0) }
        return try await bench.site.post("/api/auth/register", json: body, headers: caller)
    }

    func logIn(
        _ email: String = "john@example.com", _ password: String = "SecurePass123!", from address: String? = nil
    ) async throws -> TestResponse {
        try await post("login", ["email": .string(email), "password": .string(password)], from: address)
    }

    func session(_ email: String = "john@example.com") async throws -> SessionView { try await logIn(email).json() }

    func refresh(_ token: String) async throws -> TestResponse {
        try await post("refresh", ["refreshToken": .string(token)])
    }

    func isLive(_ session: SessionView) async throws -> Bool {
        try await refresh(session.refreshToken).status == .ok
    }
}

extension ServiceBench {
    func rows(_ table: String) async throws -> Int64 {
        let rows =
            switch table {
            case "sessions": try await database.query("SELECT count(*) FROM sessions")
            case "spent_tokens": try await database.query("SELECT count(*) FROM spent_tokens")
            default: try await database.query("SELECT count(*) FROM login_failures")
            }
        return try rows[0].decode(0)
    }
}
