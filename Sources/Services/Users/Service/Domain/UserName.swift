package import TradewindDomain

package struct UserName: Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package static let lengths = 1...100

    /// Blanks around it are slips.
    package init(_ text: String) throws(Violations) {
        let trimmed = Self.trimmed(text)
        var check = Validation()
        check.require(
            Self.lengths.contains(trimmed.unicodeScalars.count), .length, "must have 1 to 100 characters")
        check.require(
            !trimmed.unicodeScalars.contains { $0.properties.generalCategory == .control }, .format,
            "must not hold control characters")
        try check.done()
        description = trimmed
    }

    init(stored text: String) { description = text }

    package static func trimmed(_ text: String) -> String {
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        var rest = text.unicodeScalars[...]
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}
