package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
package import TradewindRepositories
package import TradewindRuntime
package import TradewindSecurity

/// Users: who has an account.
package struct UsersService: Sendable {
    package static let name = "users"

    package let commands: CommandBus<DatabaseWork>
    package let queries: QueryBus

    package init(
        _ store: Store, passwords: PasswordHasher, authorisation: Authorisation, instruments: Instruments = .none,
        clockwork: Clockwork
    ) throws(Miswiring) {
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: store.answers,
            unitOfWork: store.work, clockwork: clockwork)
        commands = try CommandBus(for: [RegisterUser.self, ChangeUser.self, DeleteUser.self], behaviours) {
            RegisterUserHandler(passwords: passwords, clockwork: clockwork)
            ChangeUserHandler(passwords: passwords, clockwork: clockwork)
            DeleteUserHandler(clockwork: clockwork)
        }
        queries = try QueryBus(
            for: [UserByID.self, ListUsers.self, VerifyCredentials.self], instruments: instruments,
            authorisation: authorisation, clockwork: clockwork
        ) {
            UserByIDHandler(database: store.database)
            ListUsersHandler(database: store.database)
            VerifyCredentialsHandler(database: store.database, passwords: passwords)
        }
    }
}

extension UsersService {
    package static let hosted = HostedService(name, port: 3001, schema: [schema], seeding: seeding) { _ in
        { host in
            let service = try UsersService(
                host.store(), passwords: host.passwords, authorisation: host.authorisation,
                instruments: host.instruments, clockwork: host.clockwork)
            try host.serve(service.api)
        }
    }
}
