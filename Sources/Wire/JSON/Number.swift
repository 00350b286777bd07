/// A number as it is written: `magnitude` × 10^`exponent`, the magnitude without trailing zeros, so that each value has
/// one form however it was spelled.
struct Number {
    var isNegative = false
    var magnitude: UInt128 = 0
    var exponent = 0
    /// False when the digits are more than 128 bits hold; magnitude and exponent mean nothing then.
    var isExact = true

    /// Nil when the text is not a number as JSON spells it.
    init?(_ text: Span<UInt8>) {
        var at = 0
        if at < text.count, text[at] == UInt8(ascii: "-") {
            isNegative = true
            at += 1
        }
        let first = at
        var significand = Significand()
        significand.read(text, &at)
        guard at > first, at - first == 1 || text[first] != UInt8(ascii: "0") else { return nil }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            let fraction = at
            significand.read(text, &at)
            guard at > fraction else { return nil }
            exponent = fraction - at
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            guard let written = Self.exponent(text, &at) else { return nil }
            exponent += written
        }
        guard at == text.count else { return nil }
        magnitude = significand.value
        isExact = !significand.overflowed
        exponent = magnitude == 0 && isExact ? 0 : exponent + significand.pendingZeros
    }

    private static func exponent(_ text: Span<UInt8>, _ at: inout Int) -> Int? {
        var (isNegative, value) = (false, 0)
        if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
            isNegative = text[at] == UInt8(ascii: "-")
            at += 1
        }
        let first = at
        while at < text.count, text[at] &- UInt8(ascii: "0") < 10 {
            // Held far beyond what any number type has and far from overflow, as is the count of digits.
            value = min(value * 10 + Int(text[at] - UInt8(ascii: "0")), 1 << 40)
            at += 1
        }
        guard at > first else { return nil }
        return isNegative ? -value : value
    }
}

/// Digits being gathered. Zeros wait until a digit follows them, so those at the end never count.
private struct Significand {
    private var small: UInt64 = 0
    private var large: UInt128 = 0
    private(set) var pendingZeros = 0
    private(set) var overflowed = false

    private static let roomy: UInt64 = 100_000_000_000_000_000

    var value: UInt128 { large == 0 ? UInt128(small) : large }

    @inline(__always)
    mutating func read(_ text: Span<UInt8>, _ at: inout Int) {
        while at < text.count {
            let digit = text[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            at += 1
            if digit == 0 {
                pendingZeros += 1
            } else {
                take(digit)
            }
        }
    }

    @inline(__always)
    private mutating func take(_ digit: UInt8) {
        if small == 0, large == 0 { pendingZeros = 0 }
        // 10^17 · 10 + 9 is well within 64 bits, where nearly every number ends.
        while pendingZeros > 0, small < Self.roomy, large == 0 {
            small &*= 10
            pendingZeros -= 1
        }
        if pendingZeros == 0, small < Self.roomy, large == 0 {
            small = small &* 10 &+ UInt64(digit)
        } else {
            takeSlowly(digit)
        }
    }

    @inline(never)
    private mutating func takeSlowly(_ digit: UInt8) {
        guard !overflowed else { return }
        var total = value
        for _ in 0...pendingZeros {
            let (product, tooLarge) = total.multipliedReportingOverflow(by: 10)
            overflowed = overflowed || tooLarge
            if overflowed { return }
            total = product
        }
        let (sum, tooLarge) = total.addingReportingOverflow(UInt128(digit))
        overflowed = overflowed || tooLarge
        pendingZeros = 0
        if sum <= UInt128(UInt64.max) {
            small = UInt64(sum)
        } else {
            large = sum
        }
    }
}

extension Number {
    /// A number of at most eighteen characters without an exponent, so that 64 bits hold it; nil for others. It is what
    /// amounts look like, and several times as fast as the way of all numbers. The text must be a number as JSON spells
    /// it.
    @inline(__always)
    static func short(_ text: Span<UInt8>) -> (coefficient: Int64, scale: Int)? {
        guard text.count <= 18 else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        var point = text.count
        for index in (isNegative ? 1 : 0)..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit < 10 {
                value = value &* 10 &+ Int64(digit)
            } else if text[index] == UInt8(ascii: ".") {
                point = index + 1
            } else {
                return nil
            }
        }
        return (isNegative ? 0 &- value : value, text.count - point)
    }
}
