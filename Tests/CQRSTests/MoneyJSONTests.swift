import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON

@Suite struct `Money in JSON` {
    @Test(
        arguments: [
            ("0.3", 30), ("2.50", 250), ("2.5", 250), ("-0.01", -1), ("1e2", 10_000), ("0.250e1", 250),
            ("92233720368547758.07", .max), ("-92233720368547758.08", .min),
        ] as [(String, Int64)]) func `is an exact number`(text: String, hundredths: Int64) throws
    {
        #expect(try JSON.decode(Money.self, from: text) == Money(hundredths: hundredths))
    }

    @Test(
        arguments: [
            (0, "0"), (250, "2.5"), (29_999, "299.99"), (-1, "-0.01"), (.max, "92233720368547758.07"),
            (.min, "-92233720368547758.08"),
        ] as [(Int64, String)]) func `is written exactly`(hundredths: Int64, text: String) throws
    {
        #expect(try JSON.encode(Money(hundredths: hundredths)) == Array(text.utf8))
    }

    @Test(arguments: ["29.999", "1e400", "92233720368547758.08", "\"2.50\"", "null", "1e30"])
    func `is not read from what it cannot hold, nor from text`(text: String) {
        #expect(throws: JSONError.self) { try JSON.decode(Money.self, from: text) }
    }

    @Test func `says at which field it was refused, and why`() {
        let error = #expect(throws: JSONError.self) {
            try JSON.decode([String: [Money]].self, from: #"{"prices":[1,29.999]}"#)
        }
        #expect(error?.fault.path == "prices[1]")
        #expect(error?.fault.message == "must have at most 2 decimals")
    }

    @Test func `of another currency is not written as if it were ours`() {
        #expect(throws: JSONError.self) { try JSON.encode(Money(hundredths: 1, .eur)) }
    }

    @Test func `from a client's decimal reports what is wrong with it`() {
        #expect(throws: Violations.tooPrecise) { try Money(try #require(ExactDecimal("29.999"))) }
        #expect(throws: Violations.tooLarge) { try Money(try #require(ExactDecimal("1e30"))) }
    }
}
