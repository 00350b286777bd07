import Foundation
import Testing
import TradewindRuntime
import TradewindTesting

@Suite struct `A .env file` {
    /// What X holds after a line, between markers so that blanks are seen.
    private func value(_ file: String) throws(ConfigError) -> String? {
        var env = ConfigReader(ConfigSources(dotEnv: DotEnv(file)))
        let value = env.optional("X", .secret(), help: "")?.revealed
        try env.check()
        return value
    }

    @Test(arguments: [
        ("X=1", "1"), ("X = 1", "1"), ("  X=1  ", "1"), ("export X=1", "1"), ("export\tX=1", "1"), ("X=a b", "a b"),
        ("X=1\r\n", "1"), ("Y=2\r\nX=1\r\nZ=3\r\n", "1"), ("\u{FEFF}X=1", "1"), ("X=1\nX=2", "2"),
        ("X=1 # one", "1"), ("X=a#b", "a#b"), ("X=#fff", "#fff"), ("X=a=b", "a=b"), ("X=$HOME ${Y}", "$HOME ${Y}"),
        ("X=\"a # b\"", "a # b"), ("X=\"a\" # b", "a"), ("X='a # b'#c", "a # b"), ("X=\" a \"", " a "),
        ("X=\"a\\nb\\t\\\"c\\\"\\\\\"", "a\nb\t\"c\"\\"), ("X=\"\\d\\$\"", "\\d$"), ("X='a\\nb'", "a\\nb"),
        ("X='it\\'s'", "it's"), ("X=a\"b\"", "a\"b\""), ("X=\"'\"", "'"), ("export=1\nX=2", "2"),
        ("X=é\u{301}", "é\u{301}"),
    ])
    func `means what it says`(line: String, expected: String) throws {
        #expect(try value(line) == expected)
    }

    @Test(arguments: ["", "# X=1", "  # X=1", "\n\n", "X=", "X= # none", "X=\"\"", "X=''"])
    func `may leave a setting alone`(line: String) throws {
        #expect(try value(line) == nil)
    }

    @Test(arguments: [
        ("X", "expected NAME=value"), ("=1", "expected NAME=value"), ("1X=1", "expected NAME=value"),
        ("X Y=1", "expected NAME=value"), ("X-Y=1", "expected NAME=value"), ("export X", "expected NAME=value"),
        ("X=\"a\" b", "only a comment may follow the closing quote"),
        ("X=\"", "the quote is never closed (a value ends on its line; write \\n inside double quotes)"),
        ("X='a\\'", "the quote is never closed (a value ends on its line; write \\n inside double quotes)"),
    ])
    func `has its bad line named by number`(line: String, problem: String) {
        #expect(throws: ConfigError(lines: [".env:2: \(problem)"])) { try value("# first\n\(line)\n") }
    }

    @Test func `does not show its bad line, which may hold a secret`() {
        #expect(throws: (any Error).self) { try value("PASSWORD='hunter2") }
        let lines = problems(ConfigSources(dotEnv: DotEnv("PASSWORD='hunter2"))) { _ in }
        #expect(lines.count == 1 && !lines[0].contains("hunter2"))
    }

    @Test func `may be missing, but not unreadable`() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: Never.self) { try ConfigReader(.process(dotEnvFile: folder + "/no-such.env")).check() }
            #expect(throws: ConfigError(lines: ["\(folder): exists but cannot be read"])) {
                try ConfigReader(.process(dotEnvFile: folder)).check()
            }
        }
    }

    @Test func `is read from the disk, below the environment of the process`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder + "/settings.env"
            try Data("TRADEWIND_TEST=here\nPATH=there\n".utf8).write(to: URL(filePath: file))
            var env = ConfigReader(.process(dotEnvFile: file))
            #expect(env.optional("TRADEWIND_TEST", .text, help: "") == "here")
            #expect(env.optional("PATH", .text, help: "") == ProcessInfo.processInfo.environment["PATH"])
        }
    }
}
