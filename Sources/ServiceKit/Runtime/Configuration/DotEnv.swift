/// The entries of a `.env` file. What a value says is what it holds: nothing is interpolated, and a line that cannot be
/// read is a problem with its number, never a guess. Problems do not quote the line, since it may hold a secret.
package struct DotEnv: Sendable {
    struct Entry: Equatable, Sendable { let value: String, line: Int }

    private(set) var entries: [String: Entry] = [:]
    private(set) var problems: [String] = []

    static let none = DotEnv("")

    package init(_ text: String, file: String = ".env") {
        // Scalars, not characters: "\r\n" is one character, and a combining mark would hide the quote before it.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var line = DotEnvLine(index == 0 && line.first == "\u{FEFF}" ? line.dropFirst() : line)
            do throws(DotEnvLine.Fault) {
                // The last of two lines for one name wins, as in a shell.
                if let (name, value) = try line.entry() { entries[name] = Entry(value: value, line: index + 1) }
            } catch {
                problems.append("\(file):\(index + 1): \(error.rawValue)")
            }
        }
    }

    /// A file that cannot be read is one problem; a file that does not exist should be `.none`.
    init(unreadable file: String) {
        self = .none
        problems = ["\(file): exists but cannot be read"]
    }
}

/// One line: `NAME=value`, `export NAME="value"`, a comment or nothing.
private struct DotEnvLine {
    enum Fault: String, Error {
        case shape = "expected NAME=value"
        case openQuote = "the quote is never closed (a value ends on its line; write \\n inside double quotes)"
        case afterQuote = "only a comment may follow the closing quote"
    }

    private var rest: Substring.UnicodeScalarView

    init(_ line: Substring.UnicodeScalarView) { rest = line.last == "\r" ? line.dropLast() : line }

    mutating func entry() throws(Fault) -> (name: String, value: String)? {
        skipBlanks()
        guard let first = rest.first, first != "#" else { return nil }
        var name = word()
        if name == "export", rest.first.map(Self.isBlank) == true {
            skipBlanks()
            name = word()
        }
        skipBlanks()
        guard let initial = name.first, !initial.isNumber, rest.popFirst() == "=" else { throw .shape }
        let afterBlank = rest.first.map(Self.isBlank) == true
        skipBlanks()
        let value =
            switch rest.first {
            case "\"", "'": try quoted()
            default: bare(afterBlank: afterBlank)
            }
        return (name, value)
    }

    private mutating func word() -> String {
        let word = rest.prefix { $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || $0 == "_") }
        rest = rest[word.endIndex...]
        return String(word)
    }

    /// `#` starts a comment only after a blank, so that `COLOUR=#fff` and `URL=/a#b` mean what they say.
    private mutating func bare(afterBlank: Bool) -> String {
        var value = String.UnicodeScalarView()
        var blank = afterBlank
        for scalar in rest {
            if scalar == "#", blank { break }
            blank = Self.isBlank(scalar)
            value.append(scalar)
        }
        while let last = value.last, Self.isBlank(last) { value.removeLast() }
        return String(value)
    }

    private mutating func quoted() throws(Fault) -> String {
        let quote = rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote {
                skipBlanks()
                guard rest.isEmpty || rest.first == "#" else { throw .afterQuote }
                return String(value)
            }
            if scalar == "\\", let next = rest.first, let plain = Self.unescaped(next, in: quote) {
                value.append(plain)
                rest.removeFirst()
            } else {
                value.append(scalar)
            }
        }
        throw .openQuote
    }

    private static func unescaped(_ scalar: Unicode.Scalar, in quote: Unicode.Scalar) -> Unicode.Scalar? {
        switch (scalar, quote) {
        case (quote, _): quote
        case ("n", "\""): "\n"
        case ("r", "\""): "\r"
        case ("t", "\""): "\t"
        case ("\\", "\""), ("$", "\""): scalar
        default: nil
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
    private mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }
}
