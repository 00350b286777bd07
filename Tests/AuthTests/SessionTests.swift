import Auth
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
internal import TradewindJSON
import TradewindPersistence
import TradewindTesting
import UsersContracts

@Suite struct `A session` {
    @Test(arguments: Storage.allCases) func `begins with an account, or with its password`(
        storage: Storage
    ) async throws {
        try await AuthDesk.open(storage) { desk in
            let registered = try await desk.register()
            let session: SessionView = try registered.json()
            #expect(registered.status == .created && registered[.location] == "/api/users/\(session.user.id)")
            #expect(session.user.email == "john@example.com" && session.user.role == .user)
            #expect(session.tokenType == "Bearer" && session.expiresIn == 900)
            let again = try await desk.logIn("JOHN@example.com")
            #expect(again.status == .ok)
            #expect(try again.json(SessionView.self).user == session.user)
            let me = try await desk.bench.site.get(
                "/api/auth/me", headers: [.authorization: "Bearer \(session.accessToken)"])
            #expect(try me.json(Account.self) == session.user)
            let claims: ClaimsView = try await desk.post("validate", ["token": .string(session.accessToken)]).json()
            #expect(claims.userId == session.user.id && claims.role == .user)
            #expect(claims.expiresAt - claims.issuedAt == .seconds(900))
        }
    }

    @Test(arguments: Storage.allCases) func `goes on with a token that works once; a second use ends it`(
        storage: Storage
    ) async throws {
        try await AuthDesk.open(storage) { desk in
            _ = try await desk.register()
            let (first, other) = (try await desk.session(), try await desk.session())
            let second: SessionView = try await desk.refresh(first.refreshToken).json()
            #expect(second.refreshToken != first.refreshToken && second.accessToken != first.accessToken)
            let third: SessionView = try await desk.refresh(second.refreshToken).json()
            // Stolen or not, nobody can tell: all tokens of this family are over, and nothing else.
            let reused = try await desk.refresh(first.refreshToken)
            #expect(reused.status == .unauthorized)
            #expect(try reused.json(ProblemView.self).detail == "invalid credentials")
            #expect(try await !desk.isLive(third))
            #expect(try await desk.isLive(other))
        }
    }

    @Test(arguments: Storage.allCases) func `of two who use a token at once, one has it, and it ends`(
        storage: Storage
    ) async throws {
        try await AuthDesk.open(storage) { desk in
            let token = try await desk.register().json(SessionView.self).refreshToken
            let answers = try await withThrowingTaskGroup { group in
                for _ in 0..<6 { group.addTask { try await desk.refresh(token) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let winners = try answers.filter { $0.status == .ok }.map { try $0.json(SessionView.self) }
            #expect(winners.count == 1)
            #expect(answers.count { $0.status == .unauthorized } == 5)
            for winner in winners { #expect(try await !desk.isLive(winner)) }
        }
    }

    @Test(arguments: Storage.allCases) func `ends by its token, by all of its user's, and with its user`(
        storage: Storage
    ) async throws {
        try await AuthDesk.open(storage) { desk in
            let user = try await desk.register().json(SessionView.self).user
            let (a, b, c, d) = (
                try await desk.session(), try await desk.session(), try await desk.session(), try await desk.session()
            )
            for _ in 0..<2 {
                #expect(try await desk.post("logout", ["refreshToken": .string(a.refreshToken)]).status == .noContent)
            }
            #expect(try await !desk.isLive(a))
            // A token that was used says as well whose session it is.
            let next: SessionView = try await desk.refresh(b.refreshToken).json()
            _ = try await desk.post("logout", ["refreshToken": .string(b.refreshToken)])
            #expect(try await !desk.isLive(next))
            #expect(try await desk.isLive(c))

            let all = try await desk.post("logout-all", [:], [.authorization: "Bearer \(d.accessToken)"])
            #expect(all.status == .noContent)
            #expect(try await !desk.isLive(d))

            let last = try await desk.session()
            for _ in 0..<2 { try await desk.bench.hear(UserDeleted(userId: user.id), id: UUID(high: 9, low: 9)) }
            #expect(try await !desk.isLive(last))
        }
    }

    @Test func `ends with its user, also before anybody has told`() async throws {
        let account = """
            {"id":"01976e8a-0000-7000-8000-000000000001","email":"a@b.co","name":"A","role":"USER","isActive":true,
            "createdAt":"2025-06-14T12:00:00.000Z","updatedAt":"2025-06-14T12:00:00.000Z"}
            """
        let users: Handler = { request in
            guard request.method == .post else { throw Problem(.notFound) }
            return .bytes(Array(account.utf8), .json)
        }
        try await withServer(users) { address in
            try await AuthDesk.open(.memory, users: address.url) { desk in
                let session = try await desk.session()
                #expect(try await desk.refresh(session.refreshToken).status == .unauthorized)
                let me = try await desk.bench.site.get(
                    "/api/auth/me", headers: [.authorization: "Bearer \(session.accessToken)"])
                #expect(me.status == .unauthorized)
            }
        }
    }

    @Test(arguments: Storage.allCases) func `runs out, and so does an access token`(storage: Storage) async throws {
        try await AuthDesk.open(storage) { desk in
            let session: SessionView = try await desk.register().json()
            desk.trust.clock.advance(by: .seconds(7 * 86_400 - 1))
            let next: SessionView = try await desk.refresh(session.refreshToken).json()
            let validate = { try await desk.post("validate", ["token": .string(next.accessToken)]).status }
            desk.trust.clock.advance(by: .seconds(900))
            #expect(try await validate() == .ok)  // clocks may differ by half a minute
            desk.trust.clock.advance(by: .seconds(30))
            #expect(try await validate() == .unauthorized)
            desk.trust.clock.advance(by: .seconds(7 * 86_400 - 930))
            #expect(try await !desk.isLive(next))
            #expect(try await desk.bench.rows("sessions") == 1)
            #expect(try await desk.bench.rows("spent_tokens") == 1)
            try await AuthService.prune(desk.bench.database, at: desk.trust.clockwork.now())
            #expect(try await desk.bench.rows("sessions") == 0)
            #expect(try await desk.bench.rows("spent_tokens") == 0)
        }
    }

    @Test func `keeps no token that could be used`() async throws {
        try await AuthDesk.open(.memory) { desk in
            let session: SessionView = try await desk.register().json()
            let rows = try await desk.bench.database.query("SELECT digest FROM sessions")
            let stored: [String] = try rows.map { try $0.decode(0) }
            #expect(stored.count == 1 && stored[0] != session.refreshToken && stored[0].utf8.count == 64)
        }
    }

    @Test(arguments: ["", "x", String(repeating: "A", count: 43), String(repeating: "é", count: 43)])
    func `has no token that is not one of ours`(token: String) async throws {
        try await AuthDesk.open(.memory) { desk in
            let body: JSONValue = ["refreshToken": .string(token), "token": .string(token)]
            let refreshed = try await desk.refresh(token)
            #expect(refreshed.status == .unauthorized)
            #expect(try await desk.post("validate", body).status == .unauthorized)
            #expect(try await desk.post("logout", body).status == .noContent)
        }
    }
}
