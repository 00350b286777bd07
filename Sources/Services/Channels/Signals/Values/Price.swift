package import TradewindDomain

/// What one unit costs, exactly, at any scale that people write: 0.00001234, 1.085, 108432.5. Above zero.
package struct Price: Hashable, Sendable {
    /// The price is `coefficient` / 10^`scale`; the scale is the smallest that it needs, so 2.50 is 2.5.
    package let coefficient: Int64
    /// The digits behind the point, 0...18.
    package let scale: Int

    package static let mostDigits = 18

    /// Nil for what is not above zero and for what needs more than 18 digits.
    package init?(_ coefficient: Int64, scale: Int = 0) {
        guard coefficient > 0, coefficient < Int64.power(ofTen: Self.mostDigits), 0...Self.mostDigits ~= scale else {
            return nil
        }
        var (coefficient, scale) = (coefficient, scale)
        while scale > 0, coefficient % 10 == 0 { (coefficient, scale) = (coefficient / 10, scale - 1) }
        (self.coefficient, self.scale) = (coefficient, scale)
    }

    init(spelt whole: Int64) { (coefficient, scale) = (whole, 0) }

    /// In units of 10^-18, the same for all prices: what sums and ratios of prices are made of.
    package var units: Int128 { Int128(coefficient) * Int128(Int64.power(ofTen: Self.mostDigits - scale)) }
}

extension Price: Comparable {
    package static func < (a: Price, b: Price) -> Bool {
        a.scale == b.scale ? a.coefficient < b.coefficient : a.units < b.units
    }
}

extension Price: CustomStringConvertible {
    /// `0.0845`, `2250`: a point, no grouping, no exponent.
    package var description: String {
        let digits = String(coefficient)
        guard scale > 0 else { return digits }
        let padded = String(repeating: "0", count: max(scale + 1 - digits.utf8.count, 0)) + digits
        return padded.dropLast(scale) + "." + padded.suffix(scale)
    }

    /// From digits with at most one point between them: the form of `description`, not that of messages.
    package init(_ digits: some StringProtocol) throws(Violations) {
        var (coefficient, scale, behindPoint) = (Int64(0), 0, false)
        for byte in digits.utf8 {
            if byte == UInt8(ascii: "."), !behindPoint {
                behindPoint = true
                continue
            }
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { throw .notAPrice }
            guard coefficient < Int64.power(ofTen: Self.mostDigits - 1) else { throw .notAPrice }
            coefficient = coefficient * 10 + Int64(byte - UInt8(ascii: "0"))
            if behindPoint { scale += 1 }
        }
        guard let price = Price(coefficient, scale: scale) else { throw .notAPrice }
        self = price
    }
}

extension Violations {
    package static let notAPrice = Violations(.format, "must be a price above zero of at most 18 digits")
}

extension Int64 {
    /// For exponents of 0...18.
    static func power(ofTen exponent: Int) -> Int64 {
        var power: Int64 = 1
        for _ in 0..<exponent { power &*= 10 }
        return power
    }
}

/// Where to enter: from `low` to `high`, which are one price when there is only one.
package struct PriceRange: Hashable, Codable, Sendable {
    package let low: Price, high: Price

    package init(_ one: Price, _ other: Price) { (low, high) = (min(one, other), max(one, other)) }
    package init(_ price: Price) { self.init(price, price) }

    func including(_ price: Price) -> PriceRange { PriceRange(min(low, price), max(high, price)) }
}
