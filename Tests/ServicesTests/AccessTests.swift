import Auth
import Channels
import Notebook
import Orders
import Payments
import Testing
internal import TradewindAPI
import TradewindCQRS
import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
import TradewindRuntime
import TradewindSecurity
import TradewindTesting
import Users

/// A service that is asked with everything that can be brought along.
enum Asked: String, CaseIterable, Sendable {
    case users, orders, payments, channels, auth, notebook

    func open(_ body: @escaping @Sendable (API, TestSite) async throws -> Void) async throws {
        switch self {
        case .users:
            try await serve(UsersService.schema, body) { store in
                let passwords = PasswordHasher(cost: 4, chance: .live) { job in
                    job()
                    return true
                }
                return try UsersService(
                    store, passwords: passwords, authorisation: .required, clockwork: .live
                ).api
            }
        case .orders:
            try await serve(OrdersService.schema, body) {
                try OrdersService($0, authorisation: .required, clockwork: .live).api
            }
        case .payments:
            try await serve(PaymentsService.schema, body) {
                try PaymentsService(
                    $0, provider: SimulatedProvider(.init(), clockwork: .live), authorisation: .required,
                    clockwork: .live
                ).api
            }
        case .channels:
            try await serve(ChannelsService.schema, and: [.eventStore()], body) { store in
                try ChannelsService(
                    store, boxes: SealedBoxes(["x"]), chance: .live, authorisation: .required, clockwork: .live
                ).api()
            }
        case .auth:
            try await serve(AuthService.schema, body) { store in
                // Users is away: who is let in hears that.
                let accounts = try AccountsOfUsers(
                    at: ["http://127.0.0.1:1"], apiKey: "the key", identity: SignedIdentity(secret: "x"),
                    clockwork: .live
                ) { _ in throw Refusal.unavailable(retryAfter: .seconds(1)) }
                let desk = TokenDesk(
                    AccessTokens(TokenKeys([TokenKey(secret: "x")])), refreshLifetime: .seconds(60), chance: .live,
                    clockwork: .live)
                return try AuthService(
                    store, accounts: accounts, desk: desk, authorisation: .required, clockwork: .live,
                    addressOf: { _ in "127.0.0.1" }
                ).api
            }
        case .notebook:
            try await serve(NotebookService.schema, body) {
                try NotebookService($0, authorisation: .required, clockwork: .live).api
            }
        }
    }

    private func serve(
        _ schema: MigrationSet, and others: [MigrationSet] = [],
        _ body: @escaping @Sendable (API, TestSite) async throws -> Void,
        _ compose: @escaping @Sendable (Store) throws -> API
    ) async throws {
        try await ServiceBench<API>.open(
            .memory, schema: schema, and: others, authenticate: Credential.authentication.caller,
            authorisation: .required,
            { store in
                let api = try compose(store)
                return (api, api, [])
            }
        ) { try await body($0.service, $0.site) }
    }
}

/// Nil for one who is let in. What does not count is refused also where nothing is asked for.
func refusal(_ access: Access, _ credential: Credential) -> HTTPStatus? {
    guard let caller = credential.caller else { return .unauthorized }
    do {
        try access.admit(caller)
        return nil
    } catch {
        return error == .unauthenticated ? .unauthorized : .forbidden
    }
}

@Suite struct `Every endpoint` {
    @Test(arguments: Asked.allCases) func `lets in whom it declares, by every credential there is`(
        service: Asked
    ) async throws {
        try await service.open { api, site in
            let credentials = try Credential.all()
            #expect(!api.endpoints.isEmpty && credentials.count == 3 + 11 * Role.allCases.count)
            // What comes from outside is signed, and asks for no credential of ours.
            for endpoint in api.endpoints where !endpoint.template.hasPrefix("/hooks/") {
                for credential in credentials {
                    // The caller's own things, for what is nobody else's business; a body that nothing can be done
                    // with.
                    let path = endpoint.template.replacing(":id", with: "\(Credential.user)")
                    let target = endpoint.method == .get ? "\(path)?userId=\(Credential.user)" : path
                    let body = endpoint.method == .get || endpoint.method == .delete ? [] : Array("{}".utf8)
                    let answer = try await site.send(
                        endpoint.method, target, headers: credential.headers, body: body)
                    let what = "\(endpoint.method) \(endpoint.template) with \(credential): \(answer.status)"
                    switch refusal(endpoint.access, credential) {
                    case let refusal?: #expect(answer.status == refusal, "\(what)")
                    case nil: #expect(![.unauthorized, .forbidden].contains(answer.status), "\(what)")
                    }
                    if answer.status == .unauthorized { #expect(answer[.wwwAuthenticate] != nil, "\(what)") }
                    #expect(answer.status != .internalServerError && answer.status != .methodNotAllowed, "\(what)")
                }
            }
        }
    }

    @Test func `says who may ask, and few let anybody`() async throws {
        for service in Asked.allCases {
            try await service.open { api, _ in
                let open = api.endpoints.filter { $0.access == .anyone }.map { "\($0.method) \($0.template)" }
                let known: Set = [
                    "POST /api/users", "POST /api/auth/register", "POST /api/auth/login", "POST /api/auth/refresh",
                    "POST /api/auth/logout", "POST /api/auth/validate", "POST /hooks/channels/:id",
                ]
                #expect(known.isSuperset(of: open))
            }
        }
    }
}
