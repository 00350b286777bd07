/// A number exactly as it was written, whatever its size. Two that ``ExactDecimal`` can hold are equal when their
/// values are (2.50 and 2.5); of larger ones the spelling counts.
package struct JSONNumber: Sendable {
    package let literal: String

    /// The caller vouches for the spelling.
    init(checked literal: String) { self.literal = literal }

    package init(_ value: some FixedWidthInteger) { literal = String(value) }
    package init(_ value: ExactDecimal) { literal = value.description }

    /// Nil for NaN and the infinities.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        literal = Number.shortest(value)
    }

    /// Nil when the text is not a number as JSON spells it.
    package init?(_ literal: String) {
        guard Number(literal.utf8.span) != nil else { return nil }
        self.literal = literal
    }

    /// Nil when the value does not fit exactly.
    package var decimal: ExactDecimal? { ExactDecimal(Number(literal.utf8.span)) }

    /// The nearest Double; nil beyond the largest.
    package var double: Double? { Double(literal).flatMap { $0.isFinite ? $0 : nil } }

    /// Nil when the value is no whole number or not within the type's range.
    package func integer<T: FixedWidthInteger>(as type: T.Type = Int.self) -> T? {
        Number(literal.utf8.span)?.integer(as: type)
    }
}

extension JSONNumber: Hashable {
    package static func == (one: JSONNumber, other: JSONNumber) -> Bool {
        if one.literal == other.literal { return true }
        guard let decimal = one.decimal else { return false }
        return decimal == other.decimal
    }

    package func hash(into hasher: inout Hasher) {
        if let decimal { hasher.combine(decimal) } else { hasher.combine(literal) }
    }
}

extension Number {
    /// The value as a decimal of at most fifteen digits, of which four stand behind the point; nil for most values, but
    /// rarely for one that people wrote. Two decimals of fifteen digits are never the same Double, so if this reads
    /// back as the value, no shorter one does.
    static func shortDecimal(_ value: Double) -> ExactDecimal? {
        guard value.magnitude < 1e11, value != 0 else { return nil }
        let units = (value * 10_000).rounded()
        return units / 10_000 == value ? ExactDecimal((Int64(units), 4)) : nil
    }

    /// What `JSON` writes for a Double: the shortest digits that read back as the same value.
    static func shortest(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
