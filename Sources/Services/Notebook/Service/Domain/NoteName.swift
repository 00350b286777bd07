package import TradewindDomain

package struct NoteName: Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package static let lengths = 1...100

    /// Blanks around it are slips.
    package init(_ text: String) throws(Violations) {
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let scalars = text.unicodeScalars
        let start = scalars.firstIndex { !isBlank($0) } ?? scalars.endIndex
        let end = scalars.lastIndex { !isBlank($0) }.map(scalars.index(after:)) ?? start
        let trimmed = scalars[start..<end]
        var check = Validation()
        check.require(Self.lengths.contains(trimmed.count), .length, "must have 1 to 100 characters")
        check.require(
            !trimmed.contains { $0.properties.generalCategory == .control }, .format,
            "must not hold control characters")
        try check.done()
        description = String(trimmed)
    }

    init(stored text: String) { description = text }
}
