package import TradewindDomain

/// An address as people have them: no quotes, no comments, a domain with a dot. Two that differ in case are the same.
package struct Email: Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// By which it is unique.
    package let key: String

    package static let longest = 255

    package init(_ text: String) throws(Violations) {
        guard text.utf8.count <= Self.longest else {
            throw Violations(.length, "must have at most \(Self.longest) characters")
        }
        guard Self.isValid(text) else { throw Violations(.format, "must be an email address") }
        self.init(stored: text)
    }

    init(stored text: String) { (description, key) = (text, text.lowercased()) }

    package static func == (a: Email, b: Email) -> Bool { a.description == b.description }

    package static func isValid(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, 1...64 ~= parts[0].count else { return false }
        let words = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard words.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtom) }) else { return false }
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, parts[1].count <= 253, let last = labels.last else { return false }
        return labels.allSatisfy(isLabel) && last.count >= 2 && !last.allSatisfy(isDigit)
    }

    /// RFC 5322 §3.2.3, `atext`.
    private static func isAtom(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    /// RFC 1123 §2.1.
    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        1...63 ~= label.count && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }
    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
}
