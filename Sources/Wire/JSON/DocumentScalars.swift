/// The scalars of the index as Swift's, each refused with the words that complete "the field …".
extension Document {
    @inline(__always)
    func decode(_ type: String.Type, at node: Int) throws -> String {
        let token = token(node)
        guard token.isString else {
            throw mismatch(type, node, "must be a string")
        }
        return string(token)
    }

    func decode(_ type: Bool.Type, at node: Int) throws -> Bool {
        let token = token(node)
        guard token.isA(.bool) else { throw mismatch(type, node, "must be true or false") }
        return token.extent == 4
    }

    func decode(_ type: Double.Type, at node: Int) throws -> Double { try floatingPoint(type, node) }
    func decode(_ type: Float.Type, at node: Int) throws -> Float { try floatingPoint(type, node) }

    func decode(_ type: ExactDecimal.Type, at node: Int) throws -> ExactDecimal {
        let token = token(node)
        guard token.isNumber else { throw mismatch(type, node, "must be a number") }
        guard let value = withText(of: token, { ExactDecimal(short: $0) ?? ExactDecimal(Number($0)) }) else {
            throw outOfRange(node, .precision, "must be a number of at most 38 digits")
        }
        return value
    }

    @inline(__always)
    func integer<T: FixedWidthInteger>(_ type: T.Type, _ node: Int) throws -> T {
        let token = token(node)
        // Eighteen digits and a sign cannot overflow 64 bits.
        if token.isA(.integer), token.extent <= 18, let value = T(exactly: shortInteger(token)) { return value }
        return try integerSlowly(type, node)
    }

    @inline(__always)
    private func shortInteger(_ token: Token) -> Int64 {
        withText(of: token) { digits in
            let isNegative = digits[0] == UInt8(ascii: "-")
            var value: Int64 = 0
            for index in (isNegative ? 1 : 0)..<digits.count {
                value = value &* 10 &+ Int64(digits[index] &- UInt8(ascii: "0"))
            }
            return isNegative ? 0 &- value : value
        }
    }

    @inline(never)
    private func integerSlowly<T: FixedWidthInteger>(_ type: T.Type, _ node: Int) throws -> T {
        let token = token(node)
        guard token.isNumber else {
            throw mismatch(type, node, "must be a whole number")
        }
        guard let number = withText(of: token, { Number($0) }) else { throw mismatch(type, node, "must be a number") }
        guard !number.isExact || number.exponent >= 0 else { throw outOfRange(node, .whole, "must be a whole number") }
        guard let value = number.integer(as: type) else {
            throw outOfRange(node, .range, "must be between \(T.min) and \(T.max)")
        }
        return value
    }

    private func floatingPoint<T: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: T.Type, _ node: Int
    ) throws -> T {
        let token = token(node)
        guard token.isNumber else { throw mismatch(type, node, "must be a number") }
        if let value: T = withText(of: token, { Number($0)?.floatingPoint() }) { return value }
        let value = T(string(token))
        guard let value, value.isFinite else {
            throw outOfRange(
                node, .range, "must be between -\(T.greatestFiniteMagnitude) and \(T.greatestFiniteMagnitude)")
        }
        return value
    }
}

extension Number {
    func integer<T: FixedWidthInteger>(as type: T.Type) -> T? {
        guard isExact, exponent >= 0, let power = UInt128.power(ofTen: exponent) ?? (magnitude == 0 ? 1 : nil) else {
            return nil
        }
        let (value, tooLarge) = magnitude.multipliedReportingOverflow(by: power)
        guard !tooLarge else { return nil }
        guard isNegative else { return T(exactly: value) }
        // The magnitude of the smallest Int128 is one more than the largest.
        return value == Int128.min.magnitude
            ? T(exactly: Int128.min) : Int128(exactly: value).flatMap { T(exactly: -$0) }
    }

    /// Where magnitude and power of ten are exact in the type, one operation rounds once, hence correctly (Clinger).
    func floatingPoint<T: BinaryFloatingPoint>() -> T? {
        let powers = T.significandBitCount == 52 ? 22 : 10
        guard isExact, magnitude >> (T.significandBitCount + 1) == 0, abs(exponent) <= powers else { return nil }
        let value = T(UInt64(magnitude))
        var power: T = 1
        for _ in 0..<abs(exponent) { power *= 10 }
        let result = exponent < 0 ? value / power : value * power
        return isNegative ? -result : result
    }
}

extension UInt128 {
    /// Nil beyond 128 bits.
    static func power(ofTen exponent: Int) -> UInt128? {
        guard 0...38 ~= exponent else { return nil }
        return exponent < 20 ? UInt128(small(exponent)) : UInt128(small(19)) * UInt128(small(exponent - 19))
    }

    @inline(__always)
    private static func small(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power &*= 10 }
        return power
    }
}
