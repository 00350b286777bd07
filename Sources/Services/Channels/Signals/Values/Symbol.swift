package import TradewindDomain

/// What is traded, in the one spelling that all ways to write it lead to: BTCUSDT, EURUSD, XAUUSD, AAPL, US30.
package struct Symbol: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Fifteen characters fit into a String without an allocation, and no exchange needs more.
    package static let mostCharacters = 15

    /// Capitals and digits, as `description` has them: the form of settings and databases, not that of messages.
    package init(_ text: some StringProtocol) throws(Violations) {
        let isSpeltRight = text.utf8.allSatisfy {
            UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
        }
        guard isSpeltRight, 1...Self.mostCharacters ~= text.utf8.count else {
            throw Violations(.format, "must be a symbol of 1 to 15 capital letters and digits, like BTCUSDT")
        }
        description = String(text)
    }

    init(spelt description: String) { self.description = description }
}

extension Symbol: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do { try self.init(container.decode(String.self)) } catch let violations as Violations {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: violations.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package enum Market: String, Codable, CaseIterable, Sendable { case crypto, forex, metals, stocks, index }
