/// Reads the arguments of one command; as with settings, an option is declared where it is read, once:
///
///     init(_ args: inout ArgumentReader) {
///         services = args("services", .list(.text), default: [], shownAs: "NAMES", help: "Services to run")
///         json = args.flag("json", help: "Prints JSON")
///     }
///
/// The same code runs twice: on nothing, to learn what there is, then on what was typed.
package struct ArgumentReader {
    struct Option: Sendable {
        let name: String
        /// How the help writes the value; nil for a flag.
        let shownAs: String?
        let help: String
        let fallback: String
    }
    struct Words: Sendable { let shownAs: String, help: String, isRequired: Bool }

    private(set) var options: [Option] = []
    private(set) var words: Words?
    private(set) var problems: [String] = []
    private let typed: Typed?

    /// What was typed, by the rules of the declarations; nil while learning them.
    struct Typed: Sendable {
        var options: [String: String] = [:]
        var words: [String] = []
    }

    init(_ typed: Typed?) { self.typed = typed }

    package mutating func flag(_ name: String, help: String) -> Bool {
        options.append(Option(name: name, shownAs: nil, help: help, fallback: ""))
        return typed?.options[name] != nil
    }

    package mutating func callAsFunction<Value>(
        _ name: String, _ kind: Kind<Value>, default fallback: Value, shownAs: String, help: String
    ) -> Value {
        read(Option(name: name, shownAs: shownAs, help: help, fallback: kind.format(fallback)), kind) ?? fallback
    }

    package mutating func optional<Value>(_ name: String, _ kind: Kind<Value>, shownAs: String, help: String) -> Value?
    {
        read(Option(name: name, shownAs: shownAs, help: help, fallback: ""), kind)
    }

    /// The words that are no options: `dlq show ID...`. At most one declaration a command.
    package mutating func rest<Value>(_ shownAs: String, _ kind: Kind<Value>, isRequired: Bool, help: String) -> [Value]
    {
        words = Words(shownAs: shownAs, help: help, isRequired: isRequired)
        guard let typed else { return [] }
        if isRequired, typed.words.isEmpty { problems.append("\(shownAs) is missing") }
        return typed.words.compactMap { word in
            let value = kind.parse(word)
            if value == nil {
                problems.append("\(shownAs) \"\(printable(kind.redact(word)))\" must be \(kind.expectation)")
            }
            return value
        }
    }

    private mutating func read<Value>(_ option: Option, _ kind: Kind<Value>) -> Value? {
        options.append(option)
        guard let text = typed?.options[option.name] else { return nil }
        let value = kind.parse(text)
        if value == nil {
            problems.append("--\(option.name) \"\(printable(kind.redact(text)))\" must be \(kind.expectation)")
        }
        return value
    }
}

extension ArgumentReader {
    /// Sorts what was typed by what this reader learnt. `--name value`, `--name=value`, `--flag`; `--` ends the
    /// options.
    func sort(_ arguments: [String]) -> (typed: Typed, problems: [String]) {
        var typed = Typed()
        var problems: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else {
                typed.words.append(argument)
                continue
            }
            if argument == "--" {
                typed.words += rest
                break
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let option = options.first(where: { "--" + $0.name == parts[0] }) else {
                problems.append(unknown(parts[0]))
                continue
            }
            switch (option.shownAs, parts.count) {
            case (nil, 1): typed.options[option.name] = ""
            case (nil, _): problems.append("--\(option.name) takes no value")
            case (_, 2): typed.options[option.name] = parts[1]
            case (let shownAs?, _):
                if let next = rest.first, !next.hasPrefix("--") {
                    typed.options[option.name] = next
                    rest.removeFirst()
                } else {
                    problems.append("--\(option.name) needs a value: --\(option.name) \(shownAs)")
                }
            }
        }
        return (typed, problems)
    }

    private func unknown(_ option: String) -> String {
        let known = options.map { "--" + $0.name } + ["--help", "--version"]
        let hint = nearest(to: option, among: known).map { "; is \($0) meant?" } ?? ""
        return "unknown option \"\(printable(option))\"" + hint
    }
}
