import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindReactor
import TradewindRuntime
import TradewindSecurity
import TradewindTesting

@Suite struct `The kit that settings make` {
    private func security(_ environment: [String: String]) -> SecurityConfig {
        var env = ConfigReader(ConfigSources(environment))
        return PlatformConfig(&env, hosting: []).security
    }

    @Test func `knows tokens of the secret before`() throws {
        let old = security(["JWT_SECRET": "one"]).accessTokens
        let new = security(["JWT_SECRET": "two", "JWT_PREVIOUS_SECRET": "one"]).accessTokens
        let token = try old.issue(to: .zero, as: .user, id: .zero, at: .noon).token
        _ = try new.verify(token, at: .noon)
        #expect(throws: TokenRefusal.key) { try security(["JWT_SECRET": "two"]).accessTokens.verify(token, at: .noon) }
    }

    @Test func `limits one address, unless it is not to`() throws {
        #expect(security([:]).rateLimit == nil)
        let rate = try #require(security(["RATE_LIMIT_RPS": "1"]).rateLimit)
        let limiter = LocalRateLimiter(RateLimit(rate.perSecond, burst: rate.burst), clockwork: .manual())
        let key = try #require(RateKey(.anonymous, from: .local))
        #expect((0..<3).map { _ in limiter.take(1, of: key).isAdmitted } == [true, true, false])
    }

    @Test func `draws what was never drawn`() {
        let drawn = (0..<100).map { _ in OpaqueToken(.live).digest }
        #expect(Set(drawn).count == 100)
    }

    @Test func `hashes on the worker pool`() async throws {
        let workers = WorkerPool(threads: 1, queueLimit: 1)
        defer { workers.shutDown() }
        let hasher = PasswordHasher(on: workers)
        let hash = try await hasher.hash(try Password("Correct Horse 9!"))
        #expect(hash.text.hasPrefix("$2b$10$"))
        #expect(try await hasher.check("Correct Horse 9!", against: hash) == .right)
    }
}

@Suite struct `An answer about a limit` {
    private let limiter = LocalRateLimiter(RateLimit(1, per: .seconds(10), burst: 2), clockwork: .manual())

    @Test func `says how much is left, and when to come again`() throws {
        let verdicts = (0..<3).map { _ in limiter.take(1, of: .address("a")) }
        #expect(verdicts[0].problem == nil)
        #expect(verdicts[0].headers["ratelimit-limit"] == "2")
        #expect(verdicts.map { $0.headers["ratelimit-remaining"] } == ["1", "0", "0"])
        #expect(verdicts.map { $0.headers["ratelimit-reset"] } == ["10", "20", "20"])
        let problem = try #require(verdicts[2].problem)
        #expect(problem.status == .tooManyRequests)
        #expect(problem.headers[.retryAfter] == "10")
        #expect(problem.headers["ratelimit-remaining"] == "0")
    }

    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8:0:0::/64"), ("::1", "0:0:0:0::/64"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("fe80::1%eth0", "fe80::1%eth0"),
            ("1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"),
            ("", ""), (":", "0:0:0:0::/64"), ("::", "0:0:0:0::/64"),
        ])
    func `is for an address, or for a network of IPv6`(address: String, bucket: String) {
        #expect(RateKey.network(of: address) == .address(bucket))
    }

    @Test func `is for the user when there is one, for nobody when a service asks`() {
        #expect(RateKey(.user(.zero, .admin), from: .local) == .user(.zero))
        #expect(RateKey(.anonymous, from: .local) == .address("127.0.0.1"))
        #expect(RateKey(.service("orders"), from: .local) == nil)
    }
}
