/// A program, or a command of it: what it is called, what it reads from the command line, and what it does then.
package struct ConsoleCommand: Sendable {
    package typealias Action = @Sendable () async throws -> Void

    let name: String, help: String, commands: [ConsoleCommand]
    /// Nil for a command that only groups others.
    let prepare: (@Sendable (inout ArgumentReader) -> Action)?

    package init<Arguments: Sendable>(
        _ name: String, help: String, _ read: @escaping @Sendable (inout ArgumentReader) -> Arguments,
        commands: [ConsoleCommand] = [], action: @escaping @Sendable (Arguments) async throws -> Void
    ) {
        (self.name, self.help, self.commands) = (name, help, commands)
        prepare = { reader in
            let arguments = read(&reader)
            return { try await action(arguments) }
        }
    }

    /// A command without options.
    package init(_ name: String, help: String, action: @escaping Action) {
        (self.name, self.help, commands) = (name, help, [])
        prepare = { _ in action }
    }

    /// A group: `outbox status`, `outbox replay`.
    package init(_ name: String, help: String, commands: [ConsoleCommand]) {
        (self.name, self.help, self.commands) = (name, help, commands)
        prepare = nil
    }
}

/// What a command line asks for.
package enum Invocation: Sendable {
    /// Text for stdout: help or version.
    case print(String)
    case run(ConsoleCommand.Action)
}

/// A command line that was not understood.
package struct UsageError: ProgramFailure, Equatable {
    package let lines: [String]
    package var exitCode: ExitCode { .usage }
}

extension ConsoleCommand {
    /// `arguments` are those after the program's name. Commands come before options: `tradewind dlq show --json ID`.
    package func parse(_ arguments: [String], version: String) throws(UsageError) -> Invocation {
        try parse(arguments[...], path: name, version: version)
    }

    private func parse(_ arguments: ArraySlice<String>, path: String, version: String) throws(UsageError) -> Invocation
    {
        if let next = arguments.first, let command = commands.first(where: { $0.name == next }) {
            return try command.parse(arguments.dropFirst(), path: path + " " + next, version: version)
        }
        var learnt = ArgumentReader(nil)
        _ = prepare?(&learnt)
        let options = arguments.prefix { $0 != "--" }
        if options.contains("--help") || options.contains("-h") { return .print(helpText(path: path, learnt)) }
        if options.contains("--version") { return .print("\(path.prefix { $0 != " " }) \(version)\n") }

        var (typed, problems) = learnt.sort(Array(arguments))
        if problems.isEmpty, learnt.words == nil, let word = typed.words.first { problems.append(unexpected(word)) }
        guard let prepare else {
            if problems.isEmpty {
                problems.append("one of these has to follow: \(commands.map(\.name).joined(separator: ", "))")
            }
            throw usageError(problems, path)
        }
        // What is asked for is only read once its shape is right, so that one slip is one line.
        guard problems.isEmpty else { throw usageError(problems, path) }
        var reader = ArgumentReader(typed)
        let action = prepare(&reader)
        guard reader.problems.isEmpty else { throw usageError(reader.problems, path) }
        return .run(action)
    }

    private func unexpected(_ word: String) -> String {
        guard !commands.isEmpty else { return "unexpected argument \"\(printable(word))\"" }
        if commands.contains(where: { $0.name == word }) { return "the command \(word) must come before the options" }
        let hint = nearest(to: word, among: commands.map(\.name)).map { "; is \($0) meant?" } ?? ""
        return "unknown command \"\(printable(word))\"" + hint
    }

    private func usageError(_ problems: [String], _ path: String) -> UsageError {
        UsageError(lines: problems.map { "\($0) (see \(path) --help)" })
    }
}
