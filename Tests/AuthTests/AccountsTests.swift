import Auth
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
internal import TradewindHTTPClient
internal import TradewindJSON
internal import TradewindLocks
import TradewindTesting

@Suite struct `The accounts of users` {
    @Test func `are refused in the words of users`() async throws {
        try await AuthDesk.open(.memory) { desk in
            let bad = try await desk.post("register", ["email": "x", "password": "SecurePass123!", "name": ""])
            #expect(bad.status == .badRequest)
            #expect(try bad.json(ProblemView.self).faults == ["email format", "name length"])
            _ = try await desk.register()
            let taken = try await desk.register("JOHN@example.com")
            #expect(taken.status == .conflict)
            #expect(try taken.json(ProblemView.self).type.hasSuffix("email-is-taken"))
        }
    }

    @Test(
        arguments: [
            (nil, "USER", HTTPStatus.created), (nil, "ADMIN", .unauthorized), (.user, "MODERATOR", .forbidden),
            (.moderator, "ADMIN", .forbidden), (.admin, "ADMIN", .created),
        ] as [(Role?, String, HTTPStatus)]) func `are made in the name of who asks`(
            caller: Role?, role: String, status: HTTPStatus
        ) async throws
    {
        let trust = Trust(.required)
        try await AuthDesk.open(.memory, trust: trust) { desk in
            let headers = try caller.map(trust.bearer) ?? [:]
            let answer = try await desk.register(role: role, as: headers)
            #expect(answer.status == status)
            if status == .created { #expect(try answer.json(SessionView.self).user.role.rawValue == role) }
        }
    }

    @Test func `are asked for under the same request and trace`() async throws {
        let seen = Lock<[String?]>([])
        let users: Handler = { request in
            seen.withLock { $0 = [request[.xRequestID], request[.traceparent], request[.xAPIKey], request.path] }
            throw Problem(.unauthorized)
        }
        try await withServer(users) { address in
            try await AuthDesk.open(.memory, users: address.url) { desk in
                let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                let answer = try await desk.post(
                    "login", ["email": "a@b.co", "password": "x"], [.xRequestID: "order-66", .traceparent: trace])
                #expect(answer.status == .unauthorized)
            }
        }
        let values = seen.withLock(\.self)
        #expect(values.first == "order-66" && values.last == "/internal/credentials/verify")
        #expect(values[1]?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true && values[2] == "the key")
    }

    @Test(arguments: [true, false]) func `that cannot be had make auth say so soon, and nobody's failure`(
        isGone: Bool
    ) async throws {
        let silence: Handler = { _ in
            try await Task.sleep(for: .seconds(60))
            return .noContent
        }
        try await withServer(silence) { address in
            try await AuthDesk.open(
                .memory, users: isGone ? "http://127.0.0.1:1" : address.url, patience: .milliseconds(300)
            ) { desk in
                let answer = try await desk.logIn()
                #expect(answer.status == .serviceUnavailable && answer[.retryAfter] == "1")
                for _ in 0..<(isGone ? 10 : 0) { #expect(try await desk.logIn().status == .serviceUnavailable) }
            }
        }
    }
}
