import Signals
import Testing
import TradewindDomain
import TradewindJSON

@Suite struct `A price` {
    @Test(
        arguments: [
            ("0.00001234", 1_234, 8), ("108432.5", 1_084_325, 1), ("2.50", 25, 1), ("1.0850", 1_085, 3), ("7", 7, 0),
            ("007", 7, 0), (".5", 5, 1), ("100", 100, 0), ("0.000000000000000001", 1, 18),
            ("999999999999999999", 999_999_999_999_999_999, 0),
        ] as [(String, Int64, Int)]) func `is read from digits, exactly`(digits: String, coefficient: Int64, scale: Int)
        throws
    {
        let price = try Price(digits)
        #expect(price.coefficient == coefficient && price.scale == scale)
    }

    @Test(arguments: ["", ".", "0", "0.0", "-1", "1,5", "1e5", "1.2.3", "1000000000000000000", "٣"])
    func `is not read from anything else`(digits: String) { #expect(throws: Violations.self) { try Price(digits) } }

    @Test(arguments: ["0.00001234", "108432.5", "1.085", "100", "0.000000000000000001", "999999999999999999"])
    func `is written as it is read`(digits: String) throws {
        #expect(try Price(digits).description == digits)
        #expect(try String(decoding: JSON.encode([Price(digits)]), as: UTF8.self) == "[\(digits)]")
        #expect(try JSON.decode([Price].self, from: "[\(digits)]") == [Price(digits)])
    }

    @Test(arguments: ["0", "-1", "1e30", "\"1\"", "0.0000000000000000001"])
    func `is no other number of JSON`(text: String) {
        #expect(throws: (any Error).self) { try JSON.decode([Price].self, from: "[\(text)]") }
    }

    @Test func `has an order across scales`() throws {
        let rising = try ["0.000000000000000001", "0.0845", "1.0849", "1.085", "2", "108432.5", "999999999999999999"]
            .map { try Price($0) }
        #expect(rising.shuffled().sorted() == rising)
        #expect(try Price("2.50") == Price("2.5"))
        #expect(try Price("3").units == 3_000_000_000_000_000_000)
    }

    @Test func `makes a range with its lower end first`() throws {
        let range = PriceRange(try Price("1.087"), try Price("1.085"))
        #expect(try range.low == Price("1.085") && range.high == Price("1.087"))
    }
}

@Suite struct `The other values of a signal` {
    @Test(arguments: [(0, "0.00"), (5, "0.05"), (250, "2.50"), (-25, "-0.25")])
    func `a ratio has two decimals`(hundredths: Int, text: String) throws {
        #expect(Ratio(hundredths: hundredths).description == text)
        #expect(try JSON.decode([Ratio].self, from: "[\(text)]") == [Ratio(hundredths: hundredths)])
    }

    @Test(arguments: ["BTCUSDT", "XAUUSD", "AAPL", "US30", "1000SHIBUSDT"])
    func `a symbol is capitals and digits`(text: String) throws {
        #expect(try Symbol(text).description == text)
        #expect(try JSON.decode([Symbol].self, from: JSON.encode([Symbol(text)])) == [Symbol(text)])
    }

    @Test(arguments: ["", "btc", "BTC/USDT", "ABCDEFGHIJKLMNOP", "ÄÖ"])
    func `nothing else is a symbol`(text: String) { #expect(throws: Violations.self) { try Symbol(text) } }

    @Test(arguments: [(1, "1m"), (15, "15m"), (60, "1h"), (240, "4h"), (1_440, "1d"), (10_080, "1w"), (43_200, "1M")])
    func `a timeframe is written as charts do`(minutes: Int, text: String) throws {
        #expect(try #require(Timeframe(minutes: minutes)).description == text)
        #expect(try Timeframe(text).minutes == minutes)
    }

    @Test(arguments: ["", "7m", "m", "4", "60m", "1y"]) func `no chart has other timeframes`(text: String) {
        #expect(throws: Violations.self) { try Timeframe(text) }
    }
}
