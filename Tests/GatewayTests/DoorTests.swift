import Gateway
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindHTTPClient
import TradewindRuntime
import TradewindSecurity
import TradewindTesting

@Suite struct `The gateway's door` {
    private static let table: [GatewayRoute] = [
        .init("/api/auth", to: .orders, access: .anyone),
        .init("/api/orders", to: .orders, access: .signedIn),
        .init("/api/admin", to: .orders, access: .role(.admin)),
        .init("/messaging", to: .orders, access: .service),
    ]

    private static let none: HTTPHeaders = [:]

    /// Who may go where, by every kind of credential there is.
    @Test(arguments: [
        ("none", [200, 401, 401, 401]), ("USER", [200, 200, 403, 403]), ("MODERATOR", [200, 200, 403, 403]),
        ("ADMIN", [200, 200, 200, 403]), ("key", [200, 200, 200, 200]), ("expired", [401, 401, 401, 401]),
        ("tampered", [401, 401, 401, 401]), ("alg:none", [401, 401, 401, 401]), ("wrong key", [401, 401, 401, 401]),
        ("wrong api key", [401, 401, 401, 401]), ("basic", [401, 401, 401, 401]), ("twice", [401, 401, 401, 401]),
    ]) func `lets in whom the table says`(credential: String, statuses: [Int]) async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) {
                ($0.table, $0.authRequired) = (Self.table, true)
            } _: { front in
                let headers = try credentials(credential)
                for (path, status) in zip(["/api/auth", "/api/orders", "/api/admin", "/messaging"], statuses) {
                    let answer = try await front.ask(.get, path, headers: headers)
                    #expect(Int(answer.status.code) == status, "\(path)")
                    #expect((answer[.wwwAuthenticate] != nil) == (status == 401))
                }
            }
        }
    }

    private func credentials(_ kind: String) throws -> HTTPHeaders {
        let now = Clockwork.live.now()
        switch kind {
        case "none": return [:]
        case "USER", "MODERATOR", "ADMIN":
            return [.authorization: "Bearer \(try token(try #require(Role(rawValue: kind))))"]
        case "key": return [.xAPIKey: "the key"]
        case "expired":
            let old = try tokens.issue(to: alice, as: .admin, id: .zero, at: now - .seconds(24 * 3600)).token
            return [.authorization: "Bearer \(old)"]
        case "tampered":
            return [.authorization: "Bearer \(try token(.user).replacing(".", with: ".A", maxReplacements: 1))"]
        case "alg:none":
            let claims = try token(.admin).split(separator: ".")[1]
            return [.authorization: "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.\(claims)."]
        case "wrong key":
            let others = AccessTokens(TokenKeys([TokenKey(secret: "another secret that nobody here knows")]))
            return [.authorization: "Bearer \(try others.issue(to: alice, as: .admin, id: .zero, at: now).token)"]
        case "wrong api key": return [.xAPIKey: "the kez"]
        case "basic": return [.authorization: "Basic YTpi"]
        default:
            var headers: HTTPHeaders = [:]
            headers.add(.authorization, "Bearer \(try token(.user))")
            headers.add(.authorization, "Bearer \(try token(.admin))")
            return headers
        }
    }

    @Test func `tells services who calls, so that they believe it and nobody else`() async throws {
        let behind = Authentication(
            tokens: tokens, apiKeys: APIKeys([]), identity: SignedIdentity(secret: secret), isRequired: true,
            clockwork: .live)
        try await withServer { request in
            let sees = [HeaderName.authorization, .xAPIKey, .xUserID, "x-user-role"].filter { request[$0] != nil }
            return .text("\(try behind.caller(of: request)) \(sees)")
        } _: { service in
            try await Front.open(at: [service.url]) { front in
                let forged: HTTPHeaders = [
                    .authorization: "Bearer \(try token(.user))", .xUserID: "root", "x-user-role": "ADMIN",
                    IdentityHeaders.identity: "v1.1749902400.service.orders.AAAA",
                ]
                let user = try await front.ask(.get, "/api/orders", headers: forged).read()
                let service = try await front.ask(.get, "/api/orders", headers: [.xAPIKey: "the key"]).read()
                let nobody = try await front.ask(.get, "/api/orders").read()
                #expect([user, service, nobody] == ["user:\(alice) []", "service:internal []", "anonymous []"])
            }
        }
    }

    @Test func `does not take an identity from outside, though it be signed`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) {
                ($0.table, $0.authRequired) = (Self.table, true)
            } _: { front in
                let stolen = try #require(
                    SignedIdentity(secret: secret).text(
                        for: .service("users"), request: "mine", at: Clockwork.live.now()))
                let answer = try await front.ask(
                    .get, "/api/orders", headers: [IdentityHeaders.identity: stolen, .xRequestID: "mine"])
                #expect(answer.status == .unauthorized)
            }
        }
    }

    @Test func `counts each user and each address, and says how many requests are left`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) {
                $0.limit = RateLimit(1, per: .seconds(3600), burst: 2)
            } _: { front in
                let bearer: HTTPHeaders = [.authorization: "Bearer \(try token(.user))"]
                for headers in [Self.none, bearer] {
                    for left in ["1", "0"] {
                        let answer = try await front.ask(.get, "/api/orders", headers: headers)
                        #expect(answer.status == .ok && answer["ratelimit-remaining"] == left)
                        #expect(answer["ratelimit-limit"] == "2")
                    }
                    let answer = try await front.ask(.get, "/api/orders", headers: headers)
                    #expect(answer.status == .tooManyRequests && answer[.retryAfter] != nil)
                    #expect(answer["ratelimit-remaining"] == "0")
                }
                // Guessing costs, and a service's key does not count.
                let guess = try await front.ask(.get, "/api/orders", headers: [.xAPIKey: "a guess"])
                #expect(guess.status == .tooManyRequests)
                let key = try await front.ask(.get, "/api/orders", headers: [.xAPIKey: "the key"])
                #expect(key.status == .ok)
            }
        }
    }

    @Test func `counts the address behind a trusted proxy`() async throws {
        try await withServer(echo) { service in
            try await Front.open(at: [service.url]) {
                $0.limit = RateLimit(1, per: .seconds(3600), burst: 1)
                $0.settings.trustsForwarded = true
            } _: { front in
                for address in ["203.0.113.1", "203.0.113.2"] {
                    let headers: HTTPHeaders = [.xForwardedFor: "10.9.9.9, \(address)"]
                    let first = try await front.ask(.get, "/api/orders", headers: headers)
                    let second = try await front.ask(.get, "/api/orders", headers: headers)
                    #expect(first.status == .ok && second.status == .tooManyRequests)
                }
            }
        }
    }

    @Test func `answers preflights, and marks what pages of other origins may read`() async throws {
        try await withServer { _ in
            Response(.ok, headers: [.accessControlAllowOrigin: "https://theirs.example"], body: .text("hi"))
        } _: { service in
            try await Front.open(at: [service.url]) {
                ($0.origins, $0.table, $0.authRequired) = (["https://app.example"], Self.table, true)
            } _: { front in
                let preflight = try await front.ask(
                    .options, "/api/orders",
                    headers: [.origin: "https://app.example", .accessControlRequestMethod: "DELETE"])
                #expect(preflight.status == .noContent && preflight[.accessControlAllowMethods] == "DELETE")
                for path in ["/api/auth", "/api/orders"] {
                    let answer = try await front.ask(.get, path, headers: [.origin: "https://app.example"])
                    #expect(answer.headers.all(.accessControlAllowOrigin) == ["https://app.example"])
                }
            }
        }
    }
}
