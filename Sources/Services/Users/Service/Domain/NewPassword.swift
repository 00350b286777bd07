package import TradewindDomain

/// A password that is good enough to be taken.
package struct NewPassword: Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { "•••" }

    package static let lengths = 8...72

    package init(_ text: String) throws(Violations) {
        var check = Validation()
        check.require(Self.lengths.contains(text.utf8.count), .length, "must have 8 to 72 bytes")
        for (kind, isPresent) in Self.kinds {
            check.require(text.unicodeScalars.contains(where: isPresent), .format, "must have \(kind)")
        }
        check.require(!text.utf8.contains(0), .format, "must not hold a NUL")
        try check.done()
        self.text = text
    }

    private static let kinds: [(String, @Sendable (Unicode.Scalar) -> Bool)] = [
        ("an upper-case letter", { $0.properties.isUppercase }), ("a lower-case letter", { $0.properties.isLowercase }),
        ("a digit", { "0"..."9" ~= $0 }),
        ("a special character", { !$0.properties.isAlphabetic && !("0"..."9" ~= $0) }),
    ]
}
