/// Numbers, and whole untyped values.
extension Output {
    @inline(__always)
    mutating func append<T: FixedWidthInteger>(_ value: T) {
        if value < 0 { append(UInt8(ascii: "-")) }
        appendDigits(of: value.magnitude)
    }

    @inline(__always)
    private mutating func appendDigits<T: UnsignedInteger & FixedWidthInteger>(of value: T) {
        let limit: UInt64 = 10_000_000_000_000_000_000
        if let small = UInt64(exactly: value) { return appendDigits(small) }
        // At most 39 digits: nineteen, nineteen and one.
        let (high, low) = value.quotientAndRemainder(dividingBy: T(limit))
        appendDigits(of: high)
        appendDigits(UInt64(truncatingIfNeeded: low), width: 19)
    }

    /// The value must be finite.
    mutating func append(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
        if let value = value as? Double, let decimal = Number.shortDecimal(value) { return append(decimal) }
        var text = Number.shortest(value)
        text.withUTF8 { unsafe append($0) }
    }

    mutating func append(_ value: ExactDecimal) {
        guard value.scale > 0, let magnitude = UInt64(exactly: value.coefficient.magnitude), value.scale < 19 else {
            if value.scale == 0 { return append(value.coefficient) }
            var text = value.description
            return text.withUTF8 { unsafe append($0) }
        }
        if value.coefficient < 0 { append(UInt8(ascii: "-")) }
        let (whole, fraction) = magnitude.quotientAndRemainder(
            dividingBy: UInt64(UInt128.power(ofTen: value.scale) ?? 1))
        appendDigits(whole)
        append(UInt8(ascii: "."))
        appendDigits(fraction, width: value.scale)
    }

    struct Style {
        var isPretty = false
        var sortsKeys = false
        var depth = 0

        var deeper: Style { Style(isPretty: isPretty, sortsKeys: sortsKeys, depth: depth + 1) }
    }

    mutating func append(_ value: JSONValue, _ style: Style = Style()) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let value):
            var literal = value.literal
            literal.withUTF8 { unsafe append($0) }
        case .string(let value): appendString(value)
        case .array(let elements):
            append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                startElement(index, style)
                append(element, style.deeper)
            }
            end(UInt8(ascii: "]"), isEmpty: elements.isEmpty, style)
        case .object(let object):
            append(UInt8(ascii: "{"))
            // By code point, as their UTF-8 bytes are ordered too.
            let members =
                style.sortsKeys
                ? object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : object.members
            for (index, member) in members.enumerated() {
                startElement(index, style)
                appendString(member.name)
                append(style.isPretty ? ": " : ":")
                append(member.value, style.deeper)
            }
            end(UInt8(ascii: "}"), isEmpty: members.isEmpty, style)
        }
    }

    private mutating func startElement(_ index: Int, _ style: Style) {
        if index > 0 { append(UInt8(ascii: ",")) }
        if style.isPretty { startLine(depth: style.depth + 1) }
    }

    private mutating func end(_ bracket: UInt8, isEmpty: Bool, _ style: Style) {
        if style.isPretty && !isEmpty { startLine(depth: style.depth) }
        append(bracket)
    }

    private mutating func startLine(depth: Int) {
        append(UInt8(ascii: "\n"))
        for _ in 0..<depth { append("  ") }
    }
}
