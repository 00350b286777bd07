internal import TradewindJSON

/// NUMERIC as it travels: digits to the base of 10,000, the weight of the first, sign and displayed scale, each 16 bits
/// (src/backend/utils/adt/numeric.c, numeric_recv).
enum PostgresNumeric {
    private static let negative: UInt16 = 0x4000

    /// Nil for NaN, the infinities, and what has more digits than an exact decimal.
    static func read(_ bytes: Span<UInt8>) -> ExactDecimal? {
        guard bytes.count >= 8, let count = Int(exactly: bytes.bigEndian16(at: 0)), bytes.count == 8 + 2 * count else {
            return nil
        }
        let weight = Int(Int16(bitPattern: bytes.bigEndian16(at: 2))), sign = bytes.bigEndian16(at: 4)
        guard sign == 0 || sign == negative else { return nil }
        var magnitude: Int128 = 0
        // The power of ten that the digit read last stands for.
        var exponent = 0
        for index in 0..<count {
            var digit = Int128(bytes.bigEndian16(at: 8 + 2 * index))
            guard digit < 10_000 else { return nil }
            exponent = 4 * (weight - index)
            var step: Int128 = 10_000
            // Zeros at the very end are only there to fill the digit.
            if index == count - 1 {
                while exponent < 0, digit % 10 == 0, step > 1 {
                    (digit, step, exponent) = (digit / 10, step / 10, exponent + 1)
                }
            }
            let product = magnitude.multipliedReportingOverflow(by: step)
            let sum = product.partialValue.addingReportingOverflow(digit)
            if product.overflow || sum.overflow { return nil }
            magnitude = sum.partialValue
        }
        while exponent > 0, magnitude != 0 {
            let product = magnitude.multipliedReportingOverflow(by: 10)
            if product.overflow { return nil }
            (magnitude, exponent) = (product.partialValue, exponent - 1)
        }
        return ExactDecimal(sign == negative ? -magnitude : magnitude, scale: max(-exponent, 0))
    }

    static func append(_ value: ExactDecimal, to bytes: inout [UInt8]) {
        var rest = value.coefficient.magnitude
        var digits: [UInt16] = []
        // The lowest digit is filled up with zeros when the scale is no multiple of four.
        let odd = value.scale % 4
        if odd > 0 {
            let unit: UInt128 = [1, 10, 100, 1_000][odd]
            digits.append(UInt16(rest % unit * (10_000 / unit)))
            rest /= unit
        }
        while rest > 0 {
            digits.append(UInt16(rest % 10_000))
            rest /= 10_000
        }
        let behindPoint = (value.scale + 3) / 4
        bytes.append(bigEndian: UInt16(digits.count))
        bytes.append(bigEndian: UInt16(bitPattern: Int16(digits.count - behindPoint - 1)))
        bytes.append(bigEndian: value.coefficient < 0 ? negative : 0)
        bytes.append(bigEndian: UInt16(value.scale))
        for digit in digits.reversed() { bytes.append(bigEndian: digit) }
    }
}

extension Span<UInt8> {
    func bigEndian16(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }

    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian16(at: offset)) << 16 | UInt32(bigEndian16(at: offset + 2))
    }

    func bigEndian64(at offset: Int) -> UInt64 {
        UInt64(bigEndian32(at: offset)) << 32 | UInt64(bigEndian32(at: offset + 4))
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        unsafe Swift.withUnsafeBytes(of: number.bigEndian) { unsafe append(contentsOf: $0) }
    }
}
