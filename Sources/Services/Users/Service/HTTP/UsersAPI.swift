package import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import UsersContracts

extension UsersService {
    package var api: API {
        API("Users", "Who has an account") {
            Endpoint.post(
                "/api/users", "Create a user", access: .anyone, takes: RegisterUser.self,
                gives: .created(UserView.self, at: { "/api/users/\($0.id)" }, tag: \.version)
            ) { user, call in
                try await commands.send(user, call.context)
            }
            .repeatable
            .detail("Only an administrator may create one with a role beyond USER.")
            .refusing(.conflict, "The email is taken")

            Endpoint.get(
                "/api/users", "List users, the newest first", access: .role(.moderator), asks: ListUsers.self,
                gives: .page(of: UserView.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            }

            Endpoint.get("/api/users/:id", "One user", access: .signedIn, gives: .ok(UserView.self, tag: \.version)) {
                call in
                try await queries.ask(UserByID(user: try call.id()), call.context)
            }

            Endpoint.put(
                "/api/users/:id", "Change a user", access: .signedIn, takes: UserChanges.self,
                gives: .ok(UserView.self, tag: \.version)
            ) { changes, call in
                let change = ChangeUser(user: try call.id(), expected: call.expectedVersion, changes: changes)
                return try await commands.send(change, call.context)
            }
            .refusing(.conflict, "The email is taken")
            .refusing(.preconditionFailed, "The user has changed since the version in If-Match")

            Endpoint.delete("/api/users/:id", "Delete a user", access: .signedIn, gives: .noContent) { call in
                try await commands.send(DeleteUser(user: try call.id()), call.context)
            }.detail("The email becomes free again.")

            Endpoint.post(
                "/internal/credentials/verify", "Whether email and password belong together", access: .service,
                takes: VerifyCredentials.self, gives: .ok(UserView.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            }
        }
    }
}
