import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindRuntime
import TradewindSecurity
import TradewindTesting

private let alice = UUID(v7: 1_749_902_400_000, random: (1, 2))
private let secret = "a secret that all processes share"

/// Who a request is from, and what an administrator's route answers.
private struct Door {
    let clock = ManualClock()
    let tokens = AccessTokens(TokenKeys([TokenKey(secret: secret)]))
    let identity = SignedIdentity(secret: secret)
    let clockwork: Clockwork, authentication: Authentication

    init(isRequired: Bool = true) {
        clockwork = .manual(clock)
        authentication = Authentication(
            tokens: tokens, apiKeys: APIKeys([("internal", "the key")]), identity: identity, isRequired: isRequired,
            clockwork: clockwork)
    }

    func token(_ role: Role) throws -> String {
        try tokens.issue(to: alice, as: role, id: .zero, at: .noon).token
    }

    func routes() throws -> Routes {
        try Routes([
            .get("/me") { request in .text("\(try authentication.caller(of: request))") },
            .get("/admin") { request in
                try authentication.admit(try authentication.caller(of: request), to: .role(.admin))
                return .noContent
            },
        ])
    }

    func ask(_ path: String, _ headers: HTTPHeaders, via transport: Transport = .inProcess) async throws -> TestResponse
    {
        try await routes().serve(via: transport) { try await $0.get(path, headers: headers) }
    }
}

@Suite struct `Who calls` {
    private let door = Door()

    @Test(arguments: Transport.allCases) func `is told by a bearer token`(transport: Transport) async throws {
        let token = try door.token(.user)
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let answer = try await door.ask("/me", [.authorization: "\(scheme) \(token)"], via: transport)
            #expect(answer.text == "user:\(alice)")
        }
    }

    @Test func `is told by a service's key`() async throws {
        #expect(try await door.ask("/me", [.xAPIKey: "the key"]).text == "service:internal")
    }

    @Test func `is nobody without a word`() async throws {
        #expect(try await door.ask("/me", [:]).text == "anonymous")
    }

    @Test func `is told by the gateway, for the request that it let in`() async throws {
        var headers: HTTPHeaders = [.xRequestID: "request-1"]
        headers[IdentityHeaders.identity] = door.identity.text(
            for: .user(alice, .user), request: "request-1", at: .noon)
        #expect(try await door.ask("/me", headers).text == "user:\(alice)")
        headers[.xRequestID] = "request-2"
        #expect(try await door.ask("/me", headers).status == .unauthorized)
    }

    @Test func `of several credentials is who may least`() async throws {
        let headers: HTTPHeaders = [.authorization: "Bearer \(try door.token(.user))", .xAPIKey: "the key"]
        #expect(try await door.ask("/me", headers).text == "user:\(alice)")
    }

    @Test func `is not known when one of several credentials is wrong`() async throws {
        let token = "Bearer \(try door.token(.user))"
        #expect(try await door.ask("/me", [.authorization: token, .xAPIKey: "a guess"]).status == .unauthorized)
        #expect(
            try await door.ask("/me", [.authorization: "Bearer a.b.c", .xAPIKey: "the key"]).status == .unauthorized)
        #expect(try await door.ask("/me", [.authorization: token, .authorization: token]).status == .unauthorized)
        #expect(try await door.ask("/me", [.xAPIKey: "the key", .xAPIKey: "the key"]).status == .unauthorized)
    }

    @Test(arguments: ["", "Bearer", "Bearer ", "Basic YTpi", "Token x", "Bearer  x", "Bearer é", "Bearerx.y.z"])
    func `is not known by anything else`(authorization: String) async throws {
        #expect(try await door.ask("/me", [.authorization: authorization]).status == .unauthorized)
    }

    @Test func `is not told what was wrong`() async throws {
        let expired = "Bearer \(try door.token(.user))"
        door.clock.advance(by: .seconds(3_600))
        let answers = [
            try await door.ask("/me", [.authorization: expired]),
            try await door.ask("/me", [.authorization: expired.replacing(".", with: ".A")]),
        ]
        for answer in answers {
            #expect(answer[.wwwAuthenticate] == #"Bearer realm="tradewind", error="invalid_token""#)
            #expect(!answer.text.contains("expired") && !answer.text.contains("signature"))
        }
    }

    @Test func `is what the log is told, with the reason`() async throws {
        let expired = try door.token(.user)
        door.clock.advance(by: .seconds(3_600))
        let refused = CredentialRefused(reason: .token(.expired))
        let authentication = door.authentication
        let routes = try Routes([
            .get("/") { request in
                #expect(throws: refused) { try authentication.caller(of: request) }
                return .noContent
            }
        ])
        _ = try await routes.serve(via: .inProcess) {
            try await $0.get("/", headers: [.authorization: "Bearer \(expired)"])
        }
    }
}

@Suite struct `A route for administrators` {
    @Test(arguments: [(Role.user, HTTPStatus.forbidden), (.moderator, .forbidden), (.admin, .noContent)])
    func `lets them in`(role: Role, status: HTTPStatus) async throws {
        let door = Door()
        #expect(try await door.ask("/admin", [.authorization: "Bearer \(try door.token(role))"]).status == status)
    }

    @Test func `asks who is there`() async throws {
        let answer = try await Door().ask("/admin", [:])
        #expect(answer.status == .unauthorized)
        #expect(answer[.wwwAuthenticate] == #"Bearer realm="tradewind""#)
    }

    @Test func `lets everybody in where nothing must be proven, but nobody with a wrong token`() async throws {
        let door = Door(isRequired: false)
        #expect(try await door.ask("/admin", [:]).status == .noContent)
        #expect(try await door.ask("/admin", [.authorization: "Bearer \(try door.token(.user))"]).status == .noContent)
        #expect(try await door.ask("/admin", [.authorization: "Bearer a.b.c"]).status == .unauthorized)
    }
}

@Suite struct `The headers that the gateway sends on` {
    @Test func `say who was let in, and nothing that the client said of itself`() throws {
        let identity = SignedIdentity(secret: secret)
        var headers: HTTPHeaders = [
            .authorization: "Bearer x", .xAPIKey: "x", .xUserID: "\(UUID.zero)", "x-user-role": "ADMIN",
            IdentityHeaders.identity: "forged", .accept: "*/*",
        ]
        IdentityHeaders.replace(
            in: &headers, for: .user(alice, .user), request: .given("request-1"), by: identity, at: .noon)
        #expect(headers.map(\.name) == [.accept, IdentityHeaders.identity])
        let text = try #require(headers[IdentityHeaders.identity])
        #expect(identity.caller(from: text, request: "request-1", at: .noon) == .user(alice, .user))
        IdentityHeaders.replace(in: &headers, for: .anonymous, request: .given("request-1"), by: identity, at: .noon)
        #expect(headers.map(\.name) == [.accept])
    }
}
