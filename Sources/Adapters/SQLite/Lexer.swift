/// SQL as words and signs, as far as translating table definitions and naming constraints needs it. What it does not
/// know it passes on unchanged: SQLite has the last word.
struct Lexer {
    enum Kind: Equatable { case blank, word, quotedName, string, symbol }

    struct Token {
        let kind: Kind
        let text: Substring
        /// In capitals, for words that are not quoted.
        let word: String
    }

    private let text: String.UTF8View
    private var at: String.Index

    private init(_ text: String) { (self.text, at) = (text.utf8, text.startIndex) }

    static func tokens(_ text: String) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        while lexer.at < text.endIndex {
            let start = lexer.at
            let kind = lexer.skip()
            let part = text[start..<lexer.at]
            tokens.append(Token(kind: kind, text: part, word: kind == .word ? part.uppercased() : ""))
        }
        return tokens
    }

    static func hasWords(_ text: Substring) -> Bool {
        tokens(String(text)).contains { $0.kind != .blank && $0.text != ";" }
    }

    static func beginsWithTransactionControl(_ text: Substring) -> Bool {
        // A comment may stand before it; looking at all of a long script for that would be quadratic.
        let controls: Set = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"]
        var lexer = Lexer(String(text))
        while lexer.at < lexer.text.endIndex {
            let start = lexer.at
            let kind = lexer.skip()
            let part = Substring(lexer.text[start..<lexer.at])
            if kind == .blank || part == ";" { continue }
            return kind == .word && controls.contains(part.uppercased())
        }
        return false
    }

    private mutating func skip() -> Kind {
        switch text[at] {
        case let byte where byte.isBlank:
            advance { $0.isBlank }
            return .blank
        case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
            advance { $0 != UInt8(ascii: "\n") }
            return .blank
        case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
            skipComment()
            return .blank
        case UInt8(ascii: "'"):
            skipQuoted(UInt8(ascii: "'"))
            return .string
        case UInt8(ascii: "\""):
            skipQuoted(UInt8(ascii: "\""))
            return .quotedName
        case let byte where byte.isWord:
            advance { $0.isWord }
            return .word
        default:
            at = text.index(after: at)
            return .symbol
        }
    }

    private var next: UInt8? {
        let next = text.index(after: at)
        return next < text.endIndex ? text[next] : nil
    }

    private mutating func advance(while isPart: (UInt8) -> Bool) {
        at = text[at...].firstIndex { !isPart($0) } ?? text.endIndex
    }

    /// PostgreSQL's comments nest and SQLite's do not; one that is written once has none inside.
    private mutating func skipComment() {
        at = text.index(at, offsetBy: 2)
        while at < text.endIndex {
            let byte = text[at]
            at = text.index(after: at)
            if byte == UInt8(ascii: "*"), at < text.endIndex, text[at] == UInt8(ascii: "/") {
                at = text.index(after: at)
                return
            }
        }
    }

    /// A doubled quote stands for one, and to us for the end of one part and the begin of another.
    private mutating func skipQuoted(_ quote: UInt8) {
        repeat {
            at = text.index(after: at)
            at = text[at...].firstIndex(of: quote).map { text.index(after: $0) } ?? text.endIndex
        } while at < text.endIndex && text[at] == quote
    }
}

extension Lexer.Token {
    /// The name that this is, or nil.
    var name: String? {
        switch kind {
        case .word: String(text)
        case .quotedName:
            text.dropFirst().dropLast().split(separator: "\"\"", omittingEmptySubsequences: false)
                .joined(separator: "\"")
        case .blank, .string, .symbol: nil
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || 0x09...0x0D ~= self }

    /// Letters, digits, `_`, `$` and all beyond ASCII.
    fileprivate var isWord: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF: true
        default: false
        }
    }
}
