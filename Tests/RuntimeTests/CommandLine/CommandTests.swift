import Testing
import TradewindLocks
import TradewindRuntime

private struct RunArguments {
    let services: [String], workers: Int, verbose: Bool, label: String?

    init(_ args: inout ArgumentReader) {
        services = args(
            "services", .list(.text), default: [], shownAs: "NAMES", help: "Services to run, comma separated")
        workers = args("workers", .int(1...64), default: 2, shownAs: "N", help: "Event loops")
        verbose = args.flag("verbose", help: "Says more")
        label = args.optional("label", .text, shownAs: "TEXT", help: "A label")
    }
}

/// A program whose commands note what they were asked to do.
private final class Program: Sendable {
    private let seen = Lock("")
    private func note(_ text: String) { seen.withLock { $0 = text } }

    private var root: ConsoleCommand {
        ConsoleCommand(
            "tradewind", help: "Runs any set of services in one process, by default all of them, on embedded defaults.",
            { RunArguments(&$0) },
            commands: [
                ConsoleCommand("doctor", help: "Checks database, broker and ports", action: { self.note("doctor") }),
                ConsoleCommand(
                    "dlq", help: "Looks after dead letters",
                    commands: [
                        ConsoleCommand(
                            "show", help: "Shows messages",
                            { $0.rest("ID", .int(1...99), isRequired: true, help: "Which messages") },
                            action: { self.note("show \($0)") }),
                        ConsoleCommand("list", help: "Lists messages", action: { self.note("list") }),
                    ]),
            ]
        ) { self.note("run \($0.services) \($0.workers) \($0.verbose) \($0.label ?? "-")") }
    }

    func outcome(_ line: String) async throws -> String {
        switch try root.parse(line.split(separator: " ").map(String.init), version: "1.2.3") {
        case .print(let text): return text
        case .run(let action):
            try await action()
            return seen.withLock(\.self)
        }
    }
}

@Suite struct `A command line` {
    @Test(arguments: [
        ("", "run [] 2 false -"),
        ("--services users,orders", #"run ["users", "orders"] 2 false -"#),
        ("--services=users --verbose --workers 8", #"run ["users"] 8 true -"#),
        ("--workers 4 --workers 5", "run [] 5 false -"),
        ("--label a=b", "run [] 2 false a=b"),
        ("--label=-x", "run [] 2 false -x"),
        ("--label -x", "run [] 2 false -x"),
        ("doctor", "doctor"),
        ("dlq list", "list"),
        ("dlq show 7 8", "show [7, 8]"),
        ("dlq show -- 7", "show [7]"),
        ("--version", "tradewind 1.2.3\n"),
        ("dlq show --version", "tradewind 1.2.3\n"),
    ])
    func `runs the command that it names`(line: String, expected: String) async throws {
        #expect(try await Program().outcome(line) == expected)
    }

    @Test(arguments: [
        ("--servces x", #"unknown option "--servces"; is --services meant? (see tradewind --help)"#),
        ("--zebra", #"unknown option "--zebra" (see tradewind --help)"#),
        ("-v", #"unknown option "-v" (see tradewind --help)"#),
        ("--services", "--services needs a value: --services NAMES (see tradewind --help)"),
        ("--services --verbose", "--services needs a value: --services NAMES (see tradewind --help)"),
        ("--verbose=yes", "--verbose takes no value (see tradewind --help)"),
        ("--workers 99", #"--workers "99" must be a whole number from 1 to 64 (see tradewind --help)"#),
        ("doctro", #"unknown command "doctro"; is doctor meant? (see tradewind --help)"#),
        ("zebra", #"unknown command "zebra" (see tradewind --help)"#),
        ("--verbose doctor", "the command doctor must come before the options (see tradewind --help)"),
        ("doctor now", #"unexpected argument "now" (see tradewind doctor --help)"#),
        ("doctor --verbose", #"unknown option "--verbose" (see tradewind doctor --help)"#),
        ("dlq", "one of these has to follow: show, list (see tradewind dlq --help)"),
        ("dlq shwo", #"unknown command "shwo"; is show meant? (see tradewind dlq --help)"#),
        ("dlq show", "ID is missing (see tradewind dlq show --help)"),
        ("dlq show x", #"ID "x" must be a whole number from 1 to 99 (see tradewind dlq show --help)"#),
        ("dlq show -- --help", #"ID "--help" must be a whole number from 1 to 99 (see tradewind dlq show --help)"#),
    ])
    func `that is not understood is answered with one line`(line: String, problem: String) async throws {
        let error = await #expect(throws: UsageError.self) { try await Program().outcome(line) }
        #expect(error?.lines == [problem])
        #expect(error?.exitCode.rawValue == 64)
    }

    @Test(arguments: ["--help", "-h", "--services users --help", "--zebra --help"])
    func `gets help whatever else it says`(line: String) async throws {
        #expect(
            try await Program().outcome(line) == """
                Usage: tradewind [COMMAND] [OPTIONS]

                Runs any set of services in one process, by default all of them, on embedded
                defaults.

                Commands:
                  doctor  Checks database, broker and ports
                  dlq     Looks after dead letters

                Options:
                  --services NAMES  Services to run, comma separated
                  --workers N       Event loops (default: 2)
                  --verbose         Says more
                  --label TEXT      A label
                  --help            Shows this help
                  --version         Shows the version

                "tradewind COMMAND --help" tells more about a command.

                """)
    }

    @Test func `gets help for each command`() async throws {
        #expect(
            try await Program().outcome("dlq show --help") == """
                Usage: tradewind dlq show [OPTIONS] ID...

                Shows messages

                Arguments:
                  ID  Which messages

                Options:
                  --help     Shows this help
                  --version  Shows the version

                """)
        #expect(try await Program().outcome("dlq --help").hasPrefix("Usage: tradewind dlq COMMAND [OPTIONS]\n"))
    }

    @Test func `gets help that fits a terminal of 80 columns`() async throws {
        let command = ConsoleCommand(
            "x", help: String(repeating: "word ", count: 40),
            { $0.flag("a-name-that-is-wider-than-its-column", help: String(repeating: "word ", count: 40)) },
            action: { _ in })
        guard case .print(let text) = try command.parse(["--help"], version: "") else {
            Issue.record("help was not printed")
            return
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
