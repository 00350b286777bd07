import Testing
import TradewindRuntime

private let good = String(repeating: "0123456789abcdef", count: 2)

private func read(_ environment: [String: String]) throws -> (config: SecurityConfig, warnings: [String]) {
    var env = ConfigReader(ConfigSources(environment))
    let config = PlatformConfig(&env, hosting: []).security
    try env.check()
    return (config, env.warnings)
}

@Suite struct `The settings of security` {
    @Test func `need nothing in development, where nobody must prove anything`() throws {
        let (config, warnings) = try read([:])
        #expect(!config.authRequired)
        #expect(config.rateLimit == nil)
        #expect(config.jwtExpiration == .seconds(15 * 60))
        #expect(config.jwtRefreshExpiration == .seconds(7 * 24 * 3600))
        #expect(config.apiKeys.count == 1)
        #expect(warnings == [])
    }

    @Test func `warn who demands proof with secrets that everybody knows`() throws {
        let warnings = try read(["AUTH_REQUIRED": "true"]).warnings
        #expect(
            warnings == [
                "JWT_SECRET is the development secret, which everybody knows",
                "API_KEY is the development key, which everybody knows",
            ])
        #expect(try read(["AUTH_REQUIRED": "true", "JWT_SECRET": "x", "API_KEY": "y"]).warnings == [])
    }

    @Test func `of production demand real secrets, all problems at once`() {
        let expected = ConfigError(lines: [
            "JWT_SECRET: production needs a secret of 32 bytes or more",
            "API_KEY: production needs keys of 32 bytes or more",
        ])
        #expect(throws: expected) { try read(["APP_ENV": "production"]) }
    }

    @Test(
        arguments: [
            ("short", good), (String(good.dropLast()), good), (good, "short"), (good, "\(good),short"),
            ("tradewind development secret, not for production", good), (good, ","),
        ])
    func `of production refuse weak ones`(secret: String, key: String) {
        #expect(throws: ConfigError.self) {
            try read(["APP_ENV": "production", "JWT_SECRET": secret, "API_KEY": key])
        }
    }

    @Test func `of production turn authentication and the limit on`() throws {
        let environment = ["NODE_ENV": "production", "JWT_SECRET": good, "API_KEY": "\(good)a,\(good)b"]
        let config = try read(environment).config
        #expect(config.authRequired)
        #expect(config.apiKeys.map(\.revealed) == [good + "a", good + "b"])
        let limit = try #require(config.rateLimit)
        #expect(limit == (100, 200))
    }

    @Test(
        arguments: [
            (["RATE_LIMIT_RPS": "5"], 5, 10), (["RATE_LIMIT_RPS": "5", "RATE_LIMIT_BURST": "7"], 5, 7),
        ])
    func `limit as they are told`(environment: [String: String], perSecond: Int, burst: Int) throws {
        let limit = try #require(try read(environment).config.rateLimit)
        #expect(limit == (perSecond, burst))
    }

    @Test func `never show a secret`() {
        var env = ConfigReader(ConfigSources(["JWT_SECRET": "hidden-1", "API_KEY": "hidden-2,hidden-3"]))
        let config = PlatformConfig(&env, hosting: []).security
        #expect(!env.listing.contains("hidden") && !"\(config)".contains("hidden"))
    }
}
