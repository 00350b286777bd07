package import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP
package import TradewindMessaging
internal import TradewindPersistence
package import TradewindRepositories
package import TradewindRuntime
internal import TradewindSecurity
internal import UsersContracts

/// Auth: who somebody is, proven by tokens. Accounts are the business of users.
package struct AuthService: Sendable {
    package static let name = "auth"

    package let commands: CommandBus<DatabaseWork>
    package let queries: QueryBus
    package let subscriptions: [Subscription]
    let addressOf: @Sendable (Request) -> String

    /// - Parameter addressOf: where a request comes from.
    package init(
        _ store: Store, accounts: any Accounts, desk: TokenDesk, authorisation: Authorisation,
        instruments: Instruments = .none, clockwork: Clockwork, addressOf: @escaping @Sendable (Request) -> String
    ) throws(Miswiring) {
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: store.answers,
            unitOfWork: store.work, clockwork: clockwork)
        let failures = FailureLog(database: store.database, clockwork: clockwork)
        commands = try CommandBus(
            for: [
                Register.self, LogIn.self, RenewSession.self, LogOut.self, LogOutEverywhere.self, RevokeSession.self,
            ], behaviours
        ) {
            RegisterHandler(accounts: accounts, desk: desk)
            LogInHandler(accounts: accounts, failures: failures, desk: desk)
            RenewSessionHandler(database: store.database, accounts: accounts, desk: desk, clockwork: clockwork)
            LogOutHandler()
            LogOutEverywhereHandler()
            RevokeSessionHandler()
        }
        queries = try QueryBus(
            for: [ValidateToken.self, OwnAccount.self], instruments: instruments, authorisation: authorisation,
            clockwork: clockwork
        ) {
            ValidateTokenHandler(tokens: desk.access, clockwork: clockwork)
            OwnAccountHandler(accounts: accounts)
        }
        subscriptions = [.endSessionsOfDeletedUser(store)]
        self.addressOf = addressOf
    }

    /// A token that comes a second time ends its session. That is a transaction of its own: the one in which it was
    /// noticed has failed, and took nothing along.
    func renew(_ renewal: RenewSession, for request: RequestContext) async throws -> SessionView {
        do { return try await commands.send(renewal, request) } catch let reuse as TokenReused {
            try await commands.send(RevokeSession(session: reuse.session), request)
            throw reuse
        }
    }
}

extension AuthService {
    package static let hosted = HostedService(name, port: 3006, schema: [schema], listensTo: [UserDeleted.self]) {
        env in
        let users = env.address(of: "users", port: 3001)
        return { host in
            let (store, security, clockwork) = (try host.store(), host.security, host.clockwork)
            let accounts = try AccountsOfUsers(
                at: host.urls(of: users), apiKey: security.apiKeys.first?.revealed ?? "",
                identity: security.signedIdentity, clockwork: clockwork, send: host.send)
            let desk = TokenDesk(
                security.accessTokens, refreshLifetime: security.jwtRefreshExpiration, chance: .live,
                clockwork: clockwork)
            let service = try AuthService(
                store, accounts: accounts, desk: desk, authorisation: host.authorisation,
                instruments: host.instruments, clockwork: clockwork, addressOf: security.trustedProxies.client)
            try host.prune { try await prune(store.database, at: $0) }
            try host.consume(service.subscriptions)
            try host.serve(service.api)
        }
    }
}
