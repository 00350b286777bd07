import Foundation
import Testing
import TradewindJSON

@Suite struct `Integers` {
    private func bounds<T: FixedWidthInteger & Codable & Sendable>(_ type: T.Type, beyond: [String]) throws {
        for value in [T.min, T.max, 0, 1, T.max / 3, T.min / 3] {
            #expect(try JSON.decode(T.self, from: "\(value)") == value)
            #expect(try JSON.decode([T].self, from: JSON.encode([value])) == [value])
            #expect(try JSON.decode([String: T].self, from: JSON.encode(["a": value])) == ["a": value])
            #expect(try String(decoding: JSON.encode(value), as: UTF8.self) == "\(value)")
        }
        for text in beyond { #expect(throws: JSONError.self, "\(text)") { try JSON.decode(T.self, from: text) } }
    }

    @Test func `of every width are exact to their bounds and refused beyond`() throws {
        try bounds(Int8.self, beyond: ["128", "-129", "1e3"])
        try bounds(Int16.self, beyond: ["32768", "-32769"])
        try bounds(Int32.self, beyond: ["2147483648", "-2147483649"])
        try bounds(Int64.self, beyond: ["9223372036854775808", "-9223372036854775809", "1e19"])
        try bounds(Int.self, beyond: ["9223372036854775808", "-9223372036854775809", "1e400"])
        try bounds(
            Int128.self,
            beyond: ["170141183460469231731687303715884105728", "-170141183460469231731687303715884105729", "1e39"])
        try bounds(UInt8.self, beyond: ["256", "-1"])
        try bounds(UInt16.self, beyond: ["65536", "-1"])
        try bounds(UInt32.self, beyond: ["4294967296", "-1"])
        try bounds(UInt64.self, beyond: ["18446744073709551616", "-1"])
        try bounds(UInt.self, beyond: ["18446744073709551616", "-1"])
        try bounds(UInt128.self, beyond: ["340282366920938463463374607431768211456", "-1", "1e39"])
    }

    @Test(arguments: [
        ("2.0", 2), ("2e0", 2), ("20e-1", 2), ("-2.00", -2), ("1.5e1", 15), ("100e-2", 1), ("0e5", 0), ("-0", 0),
        ("0.0e-9999", 0), ("1e18", 1_000_000_000_000_000_000), ("9223372036854775807.0", Int.max),
        ("92233720368547758070e-1", Int.max), ("1" + String(repeating: "0", count: 50) + "e-50", 1),
    ]) func `are told by value, not by spelling`(text: String, value: Int) throws {
        #expect(try JSON.decode(Int.self, from: text) == value)
    }

    @Test(arguments: ["2.5", "1e-1", "0.1", "-0.5", "1.00001", "15e-1"]) func `with a fraction are refused as such`(
        text: String
    ) {
        #expect { try JSON.decode(Int.self, from: text) } throws: { ($0 as? JSONError)?.fault.code == .whole }
    }
}

@Suite struct `Doubles` {
    @Test(arguments: [
        "0", "-0.0", "1", "0.1", "-0.1", "1e22", "1e23", "1e-22", "123456789012345678", "9007199254740993", "5e-324",
        "2.4e-324",
        "1.7976931348623157e308", "2.2250738585072011e-308", "2.2250738585072014e-308", "8.5e-7",
        "3.14159265358979323846264338327950288",
        "1.00000000000000011102230246251565", "1e-400", "179769313486231580793728971405301e276",
        "0.000000000000000000000000000001",
        "4.35", "4.45e15", "8.41e21", "7.2057594037927933e16", "9.5367431640625e-7",
    ]) func `are rounded correctly`(text: String) throws {
        let value = try JSON.decode(Double.self, from: text)
        #expect(value.bitPattern == Double(text)?.bitPattern)
        #expect(try JSON.decode(Double.self, from: JSON.encode(value)).bitPattern == value.bitPattern)
        #expect(try JSON.decode(Float.self, from: text == "1e23" ? "1e23" : "0.1") == (text == "1e23" ? 1e23 : 0.1))
    }

    @Test func `come back as they were, at random`() throws {
        var random = Seeded(1)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try JSON.decode(Double.self, from: JSON.encode(value)).bitPattern == value.bitPattern)
            let short = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            guard short.isFinite else { continue }
            #expect(try JSON.decode(Float.self, from: JSON.encode(short)).bitPattern == short.bitPattern)
            let amount = Double(Int(truncatingIfNeeded: random.next()) % 1_000_000_000) / 100
            #expect(try JSON.decode(Double.self, from: JSON.encode(amount)) == amount)
        }
    }

    @Test(arguments: ["1e309", "-1e309", "1.7976931348623159e308", "1e99999999999"])
    func `beyond the largest are refused`(text: String) {
        #expect { try JSON.decode(Double.self, from: text) } throws: { ($0 as? JSONError)?.fault.code == .range }
    }

    @Test(arguments: [
        (1.0, "1"), (-0.0, "-0"), (0.1, "0.1"), (1e21, "1e+21"), (100, "100"), (2.5, "2.5"),
        (.leastNonzeroMagnitude, "5e-324"),
    ])
    func `are written with the fewest digits`(value: Double, text: String) throws {
        #expect(try String(decoding: JSON.encode(value), as: UTF8.self) == text)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func `that are no numbers are refused`(value: Double) {
        #expect { try JSON.encode(["a": [1, value]]) } throws: { error in
            guard case JSONError.unwritable(let fault) = error else { return false }
            return fault.path == "a[1]" && fault.message == "must be a finite number"
        }
        #expect(throws: JSONError.self) { try JSON.encode(value) }
        #expect(throws: JSONError.self) { try JSON.encode(Float(value)) }
        #expect(JSONNumber(value) == nil)
    }
}

@Suite struct `Exact decimals` {
    @Test(arguments: [
        ("2.50", "2.5"), ("2.5", "2.5"), ("0", "0"), ("-0", "0"), ("0.00", "0"), ("100", "100"), ("1e2", "100"),
        ("1.5e1", "15"), ("5e-3", "0.005"),
        ("-0.05", "-0.05"), ("0.1e1", "1"),
        ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
        ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"),
        ("9999999999999999999", "9999999999999999999"), ("-9999999999999999999", "-9999999999999999999"),
        ("999999999999999999", "999999999999999999"), ("99999999999999999.9", "99999999999999999.9"),
        ("1e38", "100000000000000000000000000000000000000"),
        ("12345678901234567.89", "12345678901234567.89"), ("123456789012345678901.5", "123456789012345678901.5"),
        ("1000000000000000000.10", "1000000000000000000.1"),
        ("1" + String(repeating: "0", count: 60) + "e-60", "1"), ("0e999999", "0"), ("10.010", "10.01"),
        ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
    ]) func `are read and written exactly`(text: String, written: String) throws {
        let value = try JSON.decode(ExactDecimal.self, from: text)
        #expect(value.description == written)
        #expect(ExactDecimal(text) == value)
        #expect(try String(decoding: JSON.encode(value), as: UTF8.self) == written)
        #expect(try JSON.decode([ExactDecimal].self, from: "[\(written)]") == [value])
        #expect(try JSON.decode(ExactDecimal.self, from: JSON.encode(value)).hashValue == value.hashValue)
    }

    @Test(arguments: [
        "1e400", "1e39", "1e-39", "1e-400", "170141183460469231731687303715884105728",
        "0.123456789012345678901234567890123456789", "923456789012345678901234567890123456789",
        "12345678901234567890123456789012345678.99", "1e99999999999999999999",
    ])
    func `that do not fit are refused, never rounded`(text: String) {
        #expect { try JSON.decode(ExactDecimal.self, from: text) } throws: {
            ($0 as? JSONError)?.fault.code == .precision
        }
        #expect(ExactDecimal(text) == nil)
    }

    @Test(arguments: [
        "", "-", ".5", "5.", "1e", "01", "+1", "1,5", " 1", "1 ", "0x1", "NaN", "--1", "1.-5", "1-", "1.5.5",
    ]) func `are not made from other texts`(text: String) {
        #expect(ExactDecimal(text) == nil)
        #expect(JSONNumber(text) == nil)
    }

    @Test func `add and multiply exactly or not at all`() throws {
        let tenth = try #require(ExactDecimal("0.1")), fifth = try #require(ExactDecimal("0.2"))
        #expect(tenth.adding(fifth)?.description == "0.3")
        #expect(ExactDecimal("29.99")?.multiplied(by: 3)?.description == "89.97")
        #expect(ExactDecimal("2.5")?.multiplied(by: 4) == 10)
        #expect(ExactDecimal("0.1")?.adding(try #require(ExactDecimal("-0.1"))) == .zero)
        #expect((-tenth).description == "-0.1")
        let largest = try #require(ExactDecimal("170141183460469231731687303715884105727"))
        #expect(largest.adding(1) == nil)
        #expect(largest.multiplied(by: 2) == nil)
        #expect(largest.adding(tenth) == nil)
        #expect(ExactDecimal(Int128.min, scale: 0) == nil)
        #expect(
            ExactDecimal("0.0000000000000000000000000000000000001")?.multiplied(by: try #require(ExactDecimal("0.01")))
                == nil)
        #expect(ExactDecimal(4_000_000_000).multiplied(by: -4_000_000_000)?.description == "-16000000000000000000")
    }

    @Test func `stand in the order of their values`() throws {
        let texts = [
            "-170141183460469231731687303715884105727", "-1000", "-2.5", "-2.49", "-0.1", "0",
            "0.00000000000000000000000000000000000001", "0.1", "0.11", "1", "2.4999999999999999999999", "2.5", "10",
            "170141183460469231731687303715884105727",
        ]
        let values = try texts.map { try #require(ExactDecimal($0)) }
        for (left, one) in values.enumerated() {
            for (right, other) in values.enumerated() { #expect((one < other) == (left < right), "\(one) \(other)") }
        }
    }

    @Test func `are given in the units of a column`() throws {
        let price = try #require(ExactDecimal("19.9"))
        #expect(price.coefficient(atScale: 2) == 1990)
        #expect(price.coefficient(atScale: 0) == nil)
        #expect(price.coefficient(atScale: 40) == nil)
        #expect(ExactDecimal(1990, scale: 2) == price)
        #expect(ExactDecimal(1990, scale: 2)?.scale == 1)
        #expect(ExactDecimal(1, scale: 39) == nil)
        #expect(ExactDecimal(1, scale: -1) == nil)
    }

    @Test(arguments: ["0.1", "29.99", "-5", "123456789.25", "0.30000000000000004", "12345678901234567890.123"])
    func `pass through Foundation's coders`(text: String) throws {
        let value = try #require(ExactDecimal(text))
        #expect(try JSONDecoder().decode([ExactDecimal].self, from: JSONEncoder().encode([value])) == [value])
    }

    @Test func `at random come back as they were`() throws {
        var random = Seeded(2)
        for _ in 0..<5_000 {
            let value = try #require(ExactDecimal(random.int128(), scale: Int(random.next() % 39)))
            #expect(try JSON.decode(ExactDecimal.self, from: JSON.encode(value)) == value)
            #expect(ExactDecimal(value.description) == value)
        }
    }
}
