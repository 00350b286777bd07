/// Secrets, and how much must be proven by whom. Development has secrets that everybody knows, so that a clone runs at
/// once; production refuses them.
package struct SecurityConfig: Sendable {
    package let jwtSecret: Secret<String>
    /// Tokens that were signed with it still count: the one that was replaced last.
    package let jwtPreviousSecret: Secret<String>?
    package let jwtExpiration: Duration
    package let jwtRefreshExpiration: Duration
    package let apiKeys: [Secret<String>]
    package let authRequired: Bool
    /// Who is believed about where a request comes from.
    package let trustedProxies: TrustedProxies
    /// Requests a second for each user or address; nil is no limit.
    package let rateLimit: (perSecond: Int, burst: Int)?

    /// Known to everybody, hence worth nothing.
    static let developmentSecret = Secret("tradewind development secret, not for production")
    static let developmentKey = Secret("tradewind-development-key")
    private static let leastBytes = 32
    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { NetworkRange($0) }

    package init(_ env: inout ConfigReader, _ app: AppConfig) {
        let isProduction = app.environment == .production
        env.section("Security")
        jwtSecret = env(
            "JWT_SECRET", .secret(), default: Self.developmentSecret, describedDefault: "a development secret",
            help: "Signs tokens and identities; the same in all services; production needs one of 32 bytes or more")
        jwtPreviousSecret = env.optional(
            "JWT_PREVIOUS_SECRET", .secret(),
            help: "The secret before a change: tokens signed with it still count until they run out")
        jwtExpiration = env(
            "JWT_EXPIRATION", .duration(.seconds(1) ... .seconds(24 * 3600)), default: .seconds(15 * 60),
            help: "How long an access token counts; it cannot be revoked")
        jwtRefreshExpiration = env(
            "JWT_REFRESH_EXPIRATION", .duration(.seconds(60) ... .seconds(365 * 24 * 3600)),
            default: .seconds(7 * 24 * 3600), help: "How long a refresh token counts")
        apiKeys = env(
            "API_KEY", .list(.secret()), default: [Self.developmentKey], describedDefault: "a development key",
            help: "For calls from service to service: the first is sent, each is taken; production needs 32 bytes")
        authRequired = env(
            "AUTH_REQUIRED", .bool, default: isProduction, describedDefault: "`true` in production, else `false`",
            help: "Whether callers must prove who they are; what they send is looked at in any case")
        trustedProxies = TrustedProxies(
            env(
                "TRUSTED_PROXIES", .list(.networkRange), default: Self.loopback,
                help: "Addresses of the gateway: from there the last entry of `X-Forwarded-For` is the client"))
        rateLimit = Self.rateLimit(&env, isProduction)
        if isProduction { refuseWeakSecrets(&env) } else { warnOfDevelopmentSecrets(&env) }
    }

    private static func rateLimit(_ env: inout ConfigReader, _ isProduction: Bool) -> (perSecond: Int, burst: Int)? {
        let perSecond = env(
            "RATE_LIMIT_RPS", .int(0...1_000_000), default: isProduction ? 100 : 0,
            describedDefault: "`100` in production, else `0`",
            help: "Requests a second of one user or address at the gateway; beyond it 429; `0` turns it off")
        let burst = env(
            "RATE_LIMIT_BURST", .int(1...10_000_000), default: max(1, 2 * perSecond),
            describedDefault: "twice the rate", help: "How many of them may come at once")
        return perSecond == 0 ? nil : (perSecond, burst)
    }

    private func refuseWeakSecrets(_ env: inout ConfigReader) {
        func isWeak(_ secret: Secret<String>) -> Bool {
            secret == Self.developmentSecret || secret == Self.developmentKey
                || secret.revealed.utf8.count < Self.leastBytes
        }
        if isWeak(jwtSecret) { env.refuse("JWT_SECRET", because: "production needs a secret of 32 bytes or more") }
        if apiKeys.isEmpty || apiKeys.contains(where: isWeak) {
            env.refuse("API_KEY", because: "production needs keys of 32 bytes or more")
        }
    }

    private func warnOfDevelopmentSecrets(_ env: inout ConfigReader) {
        guard authRequired else { return }
        if jwtSecret == Self.developmentSecret {
            env.warn("JWT_SECRET is the development secret, which everybody knows")
        }
        if apiKeys.contains(Self.developmentKey) { env.warn("API_KEY is the development key, which everybody knows") }
    }
}
