internal import TradewindDomain
package import TradewindJSON

// Prices and ratios are plain numbers in JSON, and exact there, too: no Double lies between.

extension Price: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let price = Price(try container.decode(ExactDecimal.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Violations.notAPrice.description)
        }
        self = price
    }

    package init?(_ decimal: ExactDecimal) {
        guard let coefficient = Int64(exactly: decimal.coefficient) else { return nil }
        self.init(coefficient, scale: decimal.scale)
    }

    package var decimal: ExactDecimal { ExactDecimal(Int128(coefficient), scale: scale) ?? .zero }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(decimal)
    }
}

extension Ratio: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let decimal = try container.decode(ExactDecimal.self)
        guard let hundredths = decimal.coefficient(atScale: 2).flatMap({ Int(exactly: $0) }) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a number with at most 2 decimals")
        }
        self.init(hundredths: hundredths)
    }

    package var decimal: ExactDecimal { ExactDecimal(Int128(hundredths), scale: 2) ?? .zero }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(decimal)
    }
}
