/// A decimal number held exactly: any of at most 38 digits, of which any number may stand behind the point, and those
/// of 39 that 127 bits hold. What does not fit is refused, never rounded. 2.50 and 2.5 are the same value.
package struct ExactDecimal: Hashable, Sendable {
    /// The value is `coefficient` / 10^`scale`. A scale above 0 is the smallest that the value needs.
    package let coefficient: Int128
    /// The digits behind the point, 0...38.
    package let scale: Int

    package static let zero = ExactDecimal(0)

    package init(_ value: Int) { (coefficient, scale) = (Int128(value), 0) }

    /// `coefficient` / 10^`scale`, so 1999 at scale 2 is 19.99. Nil when the scale is not within 0...38,
    /// and for the one coefficient that has no opposite.
    package init?(_ coefficient: Int128, scale: Int) {
        guard 0...38 ~= scale, coefficient != .min else { return nil }
        // Division of 64 bits is several times faster, and nearly every amount has no more.
        if let short = Int64(exactly: coefficient) {
            let (short, scale) = Self.normal(short, scale)
            (self.coefficient, self.scale) = (Int128(short), scale)
        } else {
            (self.coefficient, self.scale) = Self.normal(coefficient, scale)
        }
    }

    @inline(__always)
    private static func normal<T: FixedWidthInteger>(_ coefficient: T, _ scale: Int) -> (T, Int) {
        var (coefficient, scale) = (coefficient, scale)
        while scale > 0 {
            let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            (coefficient, scale) = (quotient, scale - 1)
        }
        return (coefficient, scale)
    }

    init(_ short: (coefficient: Int64, scale: Int)) {
        let (coefficient, scale) = Self.normal(short.coefficient, short.scale)
        (self.coefficient, self.scale) = (Int128(coefficient), scale)
    }

    init?(_ number: Number?) {
        guard let number, number.isExact, let magnitude = Int128(exactly: number.magnitude),
            let factor = UInt128.power(ofTen: max(number.exponent, 0)), number.exponent >= -38
        else { return nil }
        let (value, tooLarge) = magnitude.multipliedReportingOverflow(by: Int128(factor))
        guard !tooLarge else { return nil }
        coefficient = number.isNegative ? -value : value
        scale = max(-number.exponent, 0)
    }

    /// The value in units of 10^-`scale`, as a column or another system wants it: 19.9 is 1990 at scale 2. Nil when
    /// the value has more digits behind the point than that, or does not fit.
    package func coefficient(atScale scale: Int) -> Int128? {
        if scale == self.scale { return coefficient }
        guard scale > self.scale, let power = UInt128.power(ofTen: scale - self.scale) else { return nil }
        return Self.product(coefficient, Int128(power))
    }
}

extension ExactDecimal {
    /// Nil when the sum does not fit, as for the others.
    package func adding(_ other: ExactDecimal) -> ExactDecimal? {
        let scale = max(scale, other.scale)
        guard let one = coefficient(atScale: scale), let two = other.coefficient(atScale: scale) else { return nil }
        let (sum, tooLarge) = one.addingReportingOverflow(two)
        return tooLarge ? nil : ExactDecimal(sum, scale: scale)
    }

    package func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        Self.product(coefficient, other.coefficient).flatMap { ExactDecimal($0, scale: scale + other.scale) }
    }

    /// Two factors of 64 bits, which amounts nearly always are, need one multiplication and cannot overflow.
    private static func product(_ one: Int128, _ other: Int128) -> Int128? {
        if let one = Int64(exactly: one), let other = Int64(exactly: other) {
            let (high, low) = one.multipliedFullWidth(by: other)
            return Int128(high) << 64 | Int128(low)
        }
        let (product, tooLarge) = one.multipliedReportingOverflow(by: other)
        return tooLarge ? nil : product
    }

    package static prefix func - (value: ExactDecimal) -> ExactDecimal {
        ExactDecimal(coefficient: -value.coefficient, scale: value.scale)
    }

    private init(coefficient: Int128, scale: Int) { (self.coefficient, self.scale) = (coefficient, scale) }
}

extension ExactDecimal: Comparable {
    package static func < (one: ExactDecimal, other: ExactDecimal) -> Bool {
        let scale = max(one.scale, other.scale)
        if let one = one.coefficient(atScale: scale), let other = other.coefficient(atScale: scale) {
            return one < other
        }
        // Whole parts first, then what is behind the point, which fits in 38 digits whatever the scale.
        let (whole, fraction) = one.parts
        let (otherWhole, otherFraction) = other.parts
        return whole == otherWhole ? fraction < otherFraction : whole < otherWhole
    }

    /// The part before the point, and the one behind it in units of 10^-38.
    private var parts: (whole: Int128, fraction: Int128) {
        let unit = Int128(UInt128.power(ofTen: scale) ?? 1)
        let (whole, fraction) = coefficient.quotientAndRemainder(dividingBy: unit)
        return (whole, fraction * Int128(UInt128.power(ofTen: 38 - scale) ?? 1))
    }
}

extension ExactDecimal: LosslessStringConvertible, ExpressibleByIntegerLiteral {
    /// A number as JSON spells it. Nil for anything else, and for what does not fit exactly, like 1e400.
    package init?(_ description: String) { self.init(Number(description.utf8.span)) }
    package init(integerLiteral value: Int) { self.init(value) }

    package var description: String {
        let digits = String(coefficient.magnitude)
        let sign = coefficient < 0 ? "-" : ""
        guard scale > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(scale + 1 - digits.count, 0)) + digits
        return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
    }
}

extension ExactDecimal: Codable {
    /// Only foreign coders come here, ours read the digits. A Double's shortest form has the digits that were
    /// written as long as they were at most 15.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try (try? container.decode(Double.self))?.description ?? container.decode(String.self)
        guard let value = ExactDecimal(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a number of at most 38 digits")
        }
        self = value
    }

    /// Foreign coders get a Double when it holds the value, else the digits as a string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let double = Double(description), ExactDecimal(double.description) == self {
            try container.encode(double)
        } else {
            try container.encode(description)
        }
    }
}
