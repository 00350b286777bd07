import Testing
import TradewindObservability
import TradewindRuntime

@Suite struct `Reading settings` {
    @Test(
        arguments: [
            (["B": "1"], "B=2", "1", "environment"),
            ([:], "# one\nB=2", "2", ".env line 2"),
            (["ALIAS": "3"], "B=2", "3", "environment as ALIAS"),
            (["ALIAS": "3", "B": "1"], "", "1", "environment"),
            ([:], "ALIAS=4", "4", ".env line 1 as ALIAS"),
            (["B": ""], "B=2", "7", "default"),
            (["B": "", "ALIAS": "3"], "B=2", "3", "environment as ALIAS"),
            (["B": "  "], "", "7", "default"),
            ([:], "B=", "7", "default"),
        ] as [([String: String], String, String, String)])
    func `the environment wins, then the file, then the default`(
        environment: [String: String], file: String, value: String, origin: String
    ) {
        var env = ConfigReader(ConfigSources(environment, dotEnv: DotEnv(file)))
        #expect(env("B", .int(0...9), aliases: ["ALIAS"], default: 7, help: "").description == value)
        #expect(env.setting("B")?.value == value)
        #expect(env.setting("B")?.originText == origin)
        #expect(env.isSet("B") == (origin != "default"))
    }

    @Test func `every problem is found in one go, in the order of reading`() {
        let sources = ConfigSources(
            ["PORT": "80a", "NODE_ENV": "prod", "TTL": "15"], dotEnv: DotEnv("junk\nRATIO=2\nFINE=1"))
        let lines = problems(sources) { env in
            _ = env.optional("PORT", .port, help: "")
            _ = env("APP_ENV", Kind<AppEnvironment>.choice, aliases: ["NODE_ENV"], default: .development, help: "")
            _ = env("FINE", .int(0...1), default: 0, help: "")
            _ = env("TTL", .duration(.zero ... .seconds(60)), default: .zero, help: "")
            _ = env("RATIO", .ratio, default: 1, help: "")
            env.refuse("CERT", because: "is needed in production")
        }
        #expect(
            lines == [
                ".env:1: expected NAME=value",
                "PORT=\"80a\" (environment): must be a port from 0 to 65535",
                "APP_ENV=\"prod\" (environment as NODE_ENV): must be one of development, test, production",
                "TTL=\"15\" (environment): must be a duration from 0s to 1m, such as 500ms, 15m or 1h30m",
                "RATIO=\"2\" (.env line 2): must be a number from 0 to 1",
                "CERT: is needed in production",
            ])
    }

    @Test func `a configuration error ends the process with 78`() {
        #expect(ConfigError(lines: ["x"]).exitCode.rawValue == 78)
    }

    @Test func `two services may share a setting`() throws {
        var env = ConfigReader(ConfigSources(["POOL": "x"]))
        for _ in 1...2 { _ = env("POOL", .int(1...99), default: 16, help: "Connections") }
        #expect(env.settings.count == 1)
        #expect(throws: ConfigError(lines: ["POOL=\"x\" (environment): must be a whole number from 1 to 99"])) {
            try env.check()
        }
    }

    @Test func `two services may not mean different things by one setting`() {
        let lines = problems(ConfigSources()) { env in
            env.section("Orders")
            _ = env("POOL", .int(1...99), default: 16, help: "Connections")
            env.section("Users")
            _ = env("POOL", .int(1...9), default: 4, help: "Threads")
        }
        #expect(lines == ["POOL is declared twice, differently (Orders, Users)"])
    }

    @Test(arguments: [
        ("LOG_LEVL", true), ("LOGLEVEL", true), ("LOG_LEVLE", true), ("LOG_LEVELS", true), ("LOG_LEVEL", false),
        ("LANGUAGE", false), ("LOG_FORMAT", false), ("HOME", false),
    ])
    func `a variable that looks mistyped is warned about`(name: String, isWarned: Bool) {
        var env = ConfigReader(ConfigSources([name: "info"]))
        _ = env("LOG_LEVEL", Kind<LogLevel>.choice, default: .info, help: "")
        _ = env("HOST", .text, default: "127.0.0.1", help: "")
        #expect(env.warnings == (isWarned ? ["\(name) is not a setting; is LOG_LEVEL meant?"] : []))
    }
}

@Suite struct `The listing of settings` {
    @Test func `is aligned, by section, and says where each value came from`() {
        var env = ConfigReader(ConfigSources(["TTL": "90s", "KEY": "abc"], dotEnv: DotEnv("NAMES=a,b")))
        env.section("Quotes")
        _ = env("TTL", .duration(.zero ... .seconds(100)), default: .seconds(30), help: "Age of a quote")
        _ = env("NAMES", .list(.text), default: [], help: "Who may ask")
        env.section("Keys")
        _ = env.optional("KEY", .secret(), help: "Signs quotes")
        #expect(
            env.listing == """
                SETTING  VALUE  FROM         DEFAULT  MEANING

                Quotes
                TTL      1m30s  environment  30s      Age of a quote
                NAMES    a,b    .env line 1  none     Who may ask

                Keys
                KEY      •••    environment  none     Signs quotes

                """)
    }

    @Test func `ends with what looks mistyped`() {
        var env = ConfigReader(ConfigSources(["WORKRES": "4"]))
        _ = env("WORKERS", .int(1...9), default: 1, help: "Event loops")
        #expect(env.listing.hasSuffix("\n\nWORKRES is not a setting; is WORKERS meant?\n"))
    }

    @Test func `puts a very long value up with, for its own line only`() {
        var env = ConfigReader(ConfigSources(["A": String(repeating: "a", count: 500)]))
        _ = env.optional("A", .text, help: "Long")
        _ = env("B", .text, default: "b", help: "Short")
        #expect(env.listing.split(separator: "\n").last?.count ?? 0 < 100)
    }
}
