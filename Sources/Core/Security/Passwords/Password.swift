package import TradewindDomain

/// A password that bcrypt sees whole: it reads 72 bytes at most and stops at a NUL, so two longer ones could be the
/// same to it. How good a password must be is for the service to say.
package struct Password: Sendable {
    package static let longest = 72

    let text: String

    package init(_ text: String) throws(Violations) {
        guard 1...Self.longest ~= text.utf8.count else {
            throw Violations(.length, "must have 1 to \(Self.longest) bytes")
        }
        guard !text.utf8.contains(0) else { throw Violations(.format, "must not contain a NUL") }
        self.text = text
    }
}

extension Password: CustomStringConvertible {
    package var description: String { "•••" }
}

/// What is stored of a password: `$2b$10$` with 22 characters of salt and 31 of hash.
package struct PasswordHash: Hashable, Sendable {
    /// For the database, and for it alone.
    package let text: String
    let cost: Int

    /// `$2a$` and `$2y$` are read too: other programs wrote the same hashes under those names. Nil for anything else,
    /// for `$2x$` above all, which names hashes made with a bug; and for a cost beyond 16, which takes seconds.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, ["2a", "2b", "2y"].contains(String(parts[1])), parts[2].count == 2,
            parts[2].allSatisfy({ 0x30...0x39 ~= $0 }), let cost = Int(String(parts[2]) ?? ""), 4...16 ~= cost,
            parts[3].count == 53, parts[3].allSatisfy(Self.isDigit)
        else { return nil }
        (self.text, self.cost) = (text, cost)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2E...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

extension PasswordHash: CustomStringConvertible {
    package var description: String { "•••" }
}
