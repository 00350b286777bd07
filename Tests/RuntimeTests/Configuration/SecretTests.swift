import Testing
import TradewindRuntime

private struct Account {
    let user = "ada"
    let password = Secret("correct-horse")
}

@Suite struct `A secret` {
    private let password = "correct-horse"

    @Test func `is not told by any way of printing`() {
        let secret = Secret(password)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("horse"))
            #expect(text.contains("•••"))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func `is not told by what holds it`() {
        var dumped = ""
        dump(Account(), to: &dumped)
        for text in ["\(Account())", String(reflecting: Account()), "\(Optional(Account()) as Any)", dumped] {
            #expect(text.contains("ada"))
            #expect(!text.contains("horse"))
        }
    }

    @Test func `is told to whoever asks`() {
        #expect(Secret(password).revealed == password)
    }

    @Test(arguments: ["correct-horse", "correct-horsf", "borrect-horse", "correct-hors", "correct-horse1", ""])
    func `equals only the same bytes`(other: String) {
        #expect((Secret(password) == Secret(other)) == (password == other))
    }

    @Test func `is neither in the listing nor in a problem`() throws {
        var env = ConfigReader(ConfigSources(["KEY": "tooShortKey", "TOKEN": "goodToken"]))
        _ = env("KEY", .secret(atLeast: 32), default: Secret("defaultKey"), help: "")
        _ = env.optional("TOKEN", .secret(), help: "")
        _ = env.optional("TOKENS", .list(.secret()), help: "")
        let lines = problems(env.sources) { _ = $0.optional("KEY", .secret(atLeast: 32), help: "") }
        #expect(lines == ["KEY=\"•••\" (environment): must be a secret of at least 32 bytes"])
        for text in [env.listing, env.markdown, String(reflecting: env.settings), lines.joined()] {
            #expect(!text.contains("tooShort") && !text.contains("goodToken") && !text.contains("defaultKey"))
        }
    }

    @Test(arguments: [
        ("redis://:hunter2@cache/0", "redis://•••@cache/0"), ("redis://u:hun/ter2@cache", "redis://•••@cache"),
        ("redis://cache/0", "redis://cache/0"),
    ])
    func `inside a URL is masked when the URL is shown`(url: String, shown: String) {
        var env = ConfigReader(ConfigSources(["U": url]))
        _ = env.optional("U", .url("redis"), help: "")
        #expect(env.setting("U")?.value == shown)
    }

    @Test func `inside a bad list of URLs is masked although it holds a comma`() {
        let lines = problems(ConfigSources(["U": "redis://u:hun,ter2@cache"])) {
            _ = $0.optional("U", .list(.url("redis")), help: "")
        }
        #expect(lines.count == 1 && !lines[0].contains("hun") && lines[0].contains("redis://•••@cache"))
    }

    @Test func `inside a bad URL is masked in the problem`() {
        let lines = problems(ConfigSources(["U": "user:hunter2@cache"])) {
            _ = $0.optional("U", .url("redis"), help: "")
        }
        #expect(lines == ["U=\"•••@cache\" (environment): must be a URL that starts with redis://"])
    }
}
