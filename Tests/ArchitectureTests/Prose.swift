/// The text with comments, string literals and backticked names replaced by blanks, line by line as long as before.
/// Code inside `\( … )` of a string stays code. Literals of regular expressions are not known: product code has none.
func blankingProse(_ text: String) -> String {
    var blanker = ProseBlanker(Array(text.utf8))
    blanker.code(untilParenthesis: false)
    return String(decoding: blanker.bytes, as: UTF8.self)
}

private struct ProseBlanker {
    var bytes: [UInt8], at = 0
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether the bytes that come are these. Byte by byte, since this runs over the whole repository in debug builds.
    func sees(_ first: Unicode.Scalar, _ second: Unicode.Scalar? = nil) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: first) else { return false }
        guard let second else { return true }
        return at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: second)
    }

    mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < bytes.count {
            if !sees("\n") { bytes[at] = UInt8(ascii: " ") }
            at += 1
        }
    }

    /// Code, to the end of the text or, inside a string, to the parenthesis that closes the interpolation.
    mutating func code(untilParenthesis: Bool) {
        var open = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "/") where sees("/", "/"): lineComment()
            case UInt8(ascii: "/") where sees("/", "*"): blockComment()
            case UInt8(ascii: "`"): name()
            case UInt8(ascii: "\""), UInt8(ascii: "#"): string()
            case UInt8(ascii: ")") where open == 0 && untilParenthesis: return
            case let byte:
                if byte == UInt8(ascii: "(") { open += 1 }
                if byte == UInt8(ascii: ")") { open -= 1 }
                at += 1
            }
        }
    }

    mutating func lineComment() {
        while at < bytes.count, !sees("\n") { blank() }
    }

    mutating func blockComment() {
        var depth = 0
        repeat {
            let opens = sees("/", "*")
            let closes = sees("*", "/")
            depth += opens ? 1 : closes ? -1 : 0
            blank(opens || closes ? 2 : 1)
        } while depth > 0 && at < bytes.count
    }

    mutating func name() {
        repeat { blank() } while at < bytes.count && !sees("`") && !sees("\n")
        blank()
    }

    /// A literal with any number of `#` and one or three quotes; `#if` and `#expect` are passed by.
    mutating func string() {
        let hashes = bytes[at...].prefix { $0 == UInt8(ascii: "#") }
        guard at + hashes.count < bytes.count, bytes[at + hashes.count] == UInt8(ascii: "\"") else {
            at += max(1, hashes.count)
            return
        }
        blank(hashes.count)
        let quotes = bytes[at...].starts(with: Array("\"\"\"".utf8)) ? 3 : 1
        let end = Array(repeating: UInt8(ascii: "\""), count: quotes) + hashes
        blank(quotes)
        while at < bytes.count, !bytes[at...].starts(with: end) {
            if quotes == 1, sees("\n") { return }  // nothing that compiles: do not swallow the rest of the file
            let escapes = sees("\\") && bytes[(at + 1)...].starts(with: hashes)
            blank(escapes ? 1 + hashes.count : 1)
            if escapes, sees("(") {
                blank()
                code(untilParenthesis: true)
            }
            if escapes { blank() }
        }
        blank(end.count)
    }
}
