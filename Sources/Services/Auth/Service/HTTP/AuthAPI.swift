package import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
package import TradewindHTTP
internal import UsersContracts

extension AuthService {
    package var api: API {
        API("Auth", "Who somebody is, proven by tokens") {
            Endpoint.post(
                "/api/auth/register", "Create a user and log in", access: .anyone, takes: Register.self,
                gives: .created(SessionView.self, at: { "/api/users/\($0.user.id)" })
            ) { registration, call in
                try await commands.send(registration, call.context)
            }
            .detail("Only an administrator may create one with a role beyond USER.")
            .refusing(.conflict, "The email is taken").secret

            Endpoint.post(
                "/api/auth/login", "Log in", access: .anyone, takes: Credentials.self, gives: .ok(SessionView.self)
            ) { credentials, call in
                let login = LogIn(credentials: credentials, address: addressOf(call.request))
                return try await proving { try await commands.send(login, call.context) }
            }
            .refusing(.unauthorized, "Email and password do not belong together")
            .refusing(.tooManyRequests, "Five attempts have failed within 15 minutes, for the email or the address")
            .secret

            Endpoint.post(
                "/api/auth/refresh", "Get new tokens for a refresh token, which works once", access: .anyone,
                takes: RenewSession.self, gives: .ok(SessionView.self)
            ) { renewal, call in
                try await proving { try await renew(renewal, for: call.context) }
            }
            .refusing(.unauthorized, "The token counts no more; a second use ends its session").secret

            Endpoint.post(
                "/api/auth/logout", "End the session of a refresh token", access: .anyone, takes: LogOut.self,
                gives: .noContent
            ) { logout, call in
                try await commands.send(logout, call.context)
            }

            Endpoint.post(
                "/api/auth/logout-all", "End all sessions of the caller", access: .user, gives: .noContent
            ) { call in
                try await commands.send(LogOutEverywhere(user: try call.user), call.context)
            }

            Endpoint.get("/api/auth/me", "The account of the caller", access: .user, gives: .ok(Account.self)) {
                call in
                try await queries.ask(OwnAccount(user: try call.user), call.context)
            }

            Endpoint.post(
                "/api/auth/validate", "What an access token says", access: .anyone, takes: ValidateToken.self,
                gives: .ok(ClaimsView.self)
            ) { query, call in
                try await proving { try await queries.ask(query, call.context) }
            }
            .refusing(.unauthorized, "The token counts no more, or never did")
        }
    }

    /// Whatever was wrong with what should prove who somebody is, they hear no more than that.
    private func proving<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch Refusal.unauthenticated {
            throw Problem.invalidCredentials
        } catch is TokenReused { throw Problem.invalidCredentials }
    }
}

extension Call {
    /// Who is signed in. One of our services is nobody with an account.
    fileprivate var user: UserID {
        get throws {
            guard case .user(let id, _) = context.caller else { throw Refusal.unauthenticated }
            return UserID(id)
        }
    }
}

extension Problem {
    fileprivate static let invalidCredentials = Problem(
        .unauthorized, code: "invalid-credentials", detail: "invalid credentials", headers: [.wwwAuthenticate: "Bearer"]
    )
}

extension TooManyFailures: ProblemConvertible {
    package var problem: Problem {
        let (seconds, attoseconds) = retryAfter.components
        return Problem(
            .tooManyRequests, code: rule.description, detail: "too many failed attempts; please try again later",
            headers: [.retryAfter: "\(max(1, seconds + (attoseconds > 0 ? 1 : 0)))"])
    }
}
