/// The order of decimal numbers as they are spelled, for the collation `decimal`: 9.5 < 10, 2.5 = 2.50. The shell of
/// SQLite has a collation of this name that sorts alike. Other texts come after all numbers, by their bytes.
func decimalOrder(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Int {
    let (a, b) = (DecimalDigits(one), DecimalDigits(other))
    guard let a, let b else { return a == nil ? (b == nil ? byteOrder(one, other) : 1) : -1 }
    if a.sign != b.sign { return a.sign < b.sign ? -1 : 1 }
    return a.sign * a.magnitudeOrder(b, one, other)
}

private func byteOrder(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Int {
    for index in 0..<min(one.count, other.count) where one[index] != other[index] {
        return one[index] < other[index] ? -1 : 1
    }
    return one.count == other.count ? 0 : one.count < other.count ? -1 : 1
}

/// Where the digits that count stand in a text: without zeros in front or at the end.
private struct DecimalDigits {
    let sign: Int
    let whole: Range<Int>, fraction: Range<Int>

    init?(_ text: Span<UInt8>) {
        var at = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { at = 1 }
        guard at < text.count else { return nil }
        let start = at
        while at < text.count, text[at].isDigit { at += 1 }
        let wholeEnd = at
        var fraction = at..<at
        if at < text.count, text[at] == UInt8(ascii: ".") {
            let begin = at + 1
            at = begin
            while at < text.count, text[at].isDigit { at += 1 }
            var end = at
            while end > begin, text[end - 1] == UInt8(ascii: "0") { end -= 1 }
            fraction = begin..<end
        }
        guard at == text.count, wholeEnd > start else { return nil }
        var first = start
        while first < wholeEnd, text[first] == UInt8(ascii: "0") { first += 1 }
        (whole, self.fraction) = (first..<wholeEnd, fraction)
        sign = whole.isEmpty && fraction.isEmpty ? 0 : isNegative ? -1 : 1
    }

    func magnitudeOrder(_ other: DecimalDigits, _ one: Span<UInt8>, _ two: Span<UInt8>) -> Int {
        if whole.count != other.whole.count { return whole.count < other.whole.count ? -1 : 1 }
        let wholes = byteOrder(one.extracting(whole), two.extracting(other.whole))
        return wholes != 0 ? wholes : byteOrder(one.extracting(fraction), two.extracting(other.fraction))
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
