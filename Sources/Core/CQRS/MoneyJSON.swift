package import TradewindDomain
package import TradewindJSON

extension Money {
    /// An amount as a client wrote it: 2.5 and 2.50 are the same, 29.999 is refused.
    package init(_ amount: ExactDecimal, _ currency: Currency = .usd) throws(Violations) {
        guard let hundredths = amount.coefficient(atScale: 2) else {
            throw amount.scale > 2 ? Violations.tooPrecise : .tooLarge
        }
        guard let fitting = Int64(exactly: hundredths) else { throw .tooLarge }
        self.init(hundredths: fitting, currency)
    }

    package var amount: ExactDecimal { ExactDecimal(Int128(hundredths), scale: 2) ?? .zero }
}

/// An exact number, as our APIs have it: dollars. Another currency has no form here; whoever deals in it writes both.
extension Money: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let amount = try container.decode(ExactDecimal.self)
        do { self = try Money(amount) } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        guard currency == .usd else {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "must be in USD"))
        }
        var container = encoder.singleValueContainer()
        try container.encode(amount)
    }
}
