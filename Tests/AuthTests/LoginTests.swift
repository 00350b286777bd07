import Auth
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
internal import TradewindJSON
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import TradewindTesting

@Suite struct `Logging in` {
    @Test func `tells nobody who has an account`() async throws {
        try await AuthDesk.open(.memory) { desk in
            _ = try await desk.register()
            let wrong = try await desk.logIn("john@example.com", "wrong")
            let unknown = try await desk.logIn("nobody@example.com", "SecurePass123!")
            for answer in [wrong, unknown] {
                let problem: ProblemView = try answer.json()
                #expect(answer.status == .unauthorized && answer[.wwwAuthenticate] != nil)
                #expect(problem.detail == "invalid credentials" && problem.errors == nil)
            }
        }
    }

    @Test func `gives tokens that nobody on the way may keep`() async throws {
        try await AuthDesk.open(.memory) { desk in
            _ = try await desk.register()
            let answer = try await desk.logIn()
            #expect(answer.status == .ok && answer[.cacheControl] == "no-store")
        }
    }

    @Test(arguments: Storage.allCases) func `five failures in a quarter of an hour are enough, for an email`(
        storage: Storage
    ) async throws {
        try await AuthDesk.open(storage) { desk in
            _ = try await desk.register()
            for attempt in 0..<5 {
                #expect(
                    try await desk.logIn("John@example.com", "wrong", from: "10.0.0.\(attempt)").status == .unauthorized
                )
                desk.trust.clock.advance(by: .seconds(60))
            }
            let refused = try await desk.logIn(from: "10.0.0.9")
            #expect(refused.status == .tooManyRequests && refused[.retryAfter] == "600")
            #expect(try await desk.logIn("jane@example.com", "wrong", from: "10.0.0.9").status == .unauthorized)
            desk.trust.clock.advance(by: .seconds(599))
            #expect(try await desk.logIn(from: "10.0.0.9").status == .tooManyRequests)
            desk.trust.clock.advance(by: .seconds(1))
            #expect(try await desk.logIn(from: "10.0.0.9").status == .ok)
            // Who knows the password starts anew.
            for _ in 0..<5 {
                #expect(try await desk.logIn("john@example.com", "wrong", from: "10.0.1.1").status == .unauthorized)
            }
            #expect(try await desk.logIn(from: "10.0.1.2").status == .tooManyRequests)
        }
    }

    @Test(arguments: Storage.allCases) func `five failures are enough from an address, whoever has an account there`(
        storage: Storage
    ) async throws {
        try await AuthDesk.open(storage) { desk in
            _ = try await desk.register()
            for attempt in 0..<5 {
                // What a client writes itself stands further in front.
                let from = "192.0.2.\(attempt), 2001:db8::\(attempt)"
                #expect(try await desk.logIn("u\(attempt)@example.com", from: from).status == .unauthorized)
                #expect(try await desk.logIn(from: from).status == (attempt < 4 ? .ok : .tooManyRequests))
            }
            #expect(try await desk.logIn(from: "2001:db8::7").status == .tooManyRequests)
            #expect(try await desk.logIn(from: "2001:db8:1::7").status == .ok)
        }
    }

    @Test(arguments: Storage.allCases) func `of many guesses at once five are looked at, in all instances together`(
        storage: Storage
    ) async throws {
        try await AuthDesk.open(storage) { desk in
            let other = try desk.compose(
                Store(desk.bench.database, of: "auth", clockwork: .live, bell: Bell()))
            let here = try desk.compose(
                Store(desk.bench.database, of: "auth", clockwork: .live, bell: Bell()))
            let outcomes = try await withThrowingTaskGroup { group in
                for index in 0..<12 {
                    group.addTask {
                        let login = LogIn(
                            credentials: try JSON.decode(Credentials.self, from: #"{"email":"a@b.co","password":"x"}"#),
                            address: "10.0.0.\(index)")
                        let service = index.isMultiple(of: 2) ? other : here
                        do {
                            _ = try await service.commands.send(
                                login, RequestContext(id: .given("t"), caller: .anonymous))
                            return "let in"
                        } catch is TooManyFailures { return "too many" } catch Refusal.unauthenticated {
                            return "wrong"
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "wrong" } == 5 && outcomes.count { $0 == "too many" } == 7)
        }
    }

    @Test func `is possible again when the failures are old, which are forgotten`() async throws {
        try await AuthDesk.open(.memory) { desk in
            _ = try await desk.logIn("x@example.com", "wrong")
            #expect(try await desk.bench.rows("login_failures") == 2)
            desk.trust.clock.advance(by: LoginFailures.window)
            try await AuthService.prune(desk.bench.database, at: desk.trust.clockwork.now())
            #expect(try await desk.bench.rows("login_failures") == 0)
        }
    }

    @Test func `failures count for as long as the window, the oldest first`() throws {
        var failures = LoginFailures()
        for second in 0..<5 { try failures.count(.noon + .seconds(second)) }
        let late = Timestamp.noon + .seconds(100)
        #expect(throws: TooManyFailures(retryAfter: .seconds(800))) { try failures.count(late) }
        failures.forgive(.noon + .seconds(3))
        try failures.count(late)
        #expect(failures.times.count == 5 && failures.times.last == late)
        try failures.count(late + LoginFailures.window)
        #expect(failures.times.count == 1)
    }
}
