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
        guard let value = withText(of: token, { Number.short($0).map(ExactDecimal.init) ?? ExactDecimal(Number($0)) })
        else {
            throw outOfRange(node, .precision, "must be a number of at most 38 digits")
        }
        return value
    }

    @inline(__always)
    func integer<T: FixedWidthInteger>(_ type: T.Type, _ node: Int) throws -> T {
        let token = token(node)
        if token.isA(.integer), let short = withText(of: token, { Number.short($0) }),
            let value = T(exactly: short.coefficient)
        {
            return value
        }
        return try integerSlowly(type, node)
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
        if let short = withText(of: token, { Number.short($0) }), let value: T = Number.floatingPoint(short) {
            return value
        }
        if let number = withText(of: token, { Number($0) }), let value: T = number.floatingPoint() { return value }
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

    func floatingPoint<T: BinaryFloatingPoint>() -> T? {
        guard isExact, let short = UInt64(exactly: magnitude), let value: T = Self.scaled(short, exponent) else {
            return nil
        }
        return isNegative ? -value : value
    }

    /// Nil for 0, because the number does not tell its sign.
    static func floatingPoint<T: BinaryFloatingPoint>(_ short: (coefficient: Int64, scale: Int)) -> T? {
        guard short.coefficient != 0, let value: T = scaled(short.coefficient.magnitude, -short.scale) else {
            return nil
        }
        return short.coefficient < 0 ? -value : value
    }

    /// Where magnitude and power of ten are exact in the type, one operation rounds once, hence correctly (Clinger).
    @inline(__always)
    private static func scaled<T: BinaryFloatingPoint>(_ magnitude: UInt64, _ exponent: Int) -> T? {
        let powers = T.significandBitCount == 52 ? 22 : 10
        guard magnitude >> (T.significandBitCount + 1) == 0, exponent.magnitude <= powers else { return nil }
        var power: T = 1
        for _ in 0..<exponent.magnitude { power *= 10 }
        return exponent < 0 ? T(magnitude) / power : T(magnitude) * power
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
