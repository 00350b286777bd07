/// What a Range field asks of content of a known size (RFC 9110 §14.2).
package enum RangeRequest: Hashable, Sendable {
    /// Send all of it: there is no range, it is malformed, or several are asked for, which a server may ignore
    /// and we do, because many small ranges cost more than they bring.
    case ignored
    case range(Range<Int>)
    /// 416 with `Content-Range: bytes */size`.
    case unsatisfiable

    package init(_ field: String?, size: Int) {
        self = .ignored
        guard let field else { return }
        let bytes = field.utf8Span.span
        let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: 0, to: bytes.count)
        guard bytes.equals(0..<equals, ignoringCase: "bytes"), equals < bytes.count else { return }
        let spec = bytes.trimmed(equals + 1, bytes.count)
        let dash = bytes.firstIndex(of: UInt8(ascii: "-"), from: spec.lowerBound, to: spec.upperBound)
        guard dash < spec.upperBound else { return }
        let first = RangeRequest.position(spec.lowerBound..<dash, in: bytes)
        let last = RangeRequest.position(dash + 1..<spec.upperBound, in: bytes)
        switch (first, last) {
        case (.absent, .number(let length)):
            self = length == 0 || size == 0 ? .unsatisfiable : .range(max(0, size - length)..<size)
        case (.number(let first), .absent):
            self = first >= size ? .unsatisfiable : .range(first..<size)
        case (.number(let first), .number(let last)) where first <= last:
            self = first >= size ? .unsatisfiable : .range(first..<min(last, size - 1) + 1)
        default: break
        }
    }

    private enum Position { case absent, number(Int), invalid }

    /// Digits beyond the eighteenth make a number beyond any size, not an error.
    private static func position(_ range: Range<Int>, in bytes: Span<UInt8>) -> Position {
        if range.isEmpty { return .absent }
        for index in range where !bytes[index].isDigit { return .invalid }
        return .number(bytes.decimal(in: range) ?? .max)
    }
}
