import Testing
import TradewindDomain

@Suite struct `An amount of money` {
    private func eur(_ digits: String) throws -> Money { try Money(digits, .eur) }

    @Test(
        arguments: [
            ("0", 0), ("12", 1_200), ("2.5", 250), ("2.50", 250), ("0.01", 1), ("-3.25", -325), ("-0", 0), ("007", 700),
            ("92233720368547758.07", .max), ("-92233720368547758.08", .min),
        ] as [(String, Int64)]) func `is read from digits, exactly`(digits: String, hundredths: Int64) throws
    {
        #expect(try Money(digits) == Money(hundredths: hundredths))
    }

    @Test(
        arguments: [
            ("", .format), ("-", .format), (".", .format), (".5", .format), ("5.", .format), ("+1", .format),
            ("1e2", .format), ("1,5", .format), ("1 000", .format), ("1.2.3", .format), ("٣", .format),
            ("--1", .format),
            ("29.999", .precision), ("1.000", .precision), ("92233720368547758.08", .range),
            ("-92233720368547758.09", .range), ("100000000000000000000", .range),
        ] as [(String, Violation.Code)]) func `is not read from anything else`(digits: String, code: Violation.Code)
    {
        let violations = #expect(throws: Violations.self) { try Money(digits) }
        #expect(violations?.all.map(\.code) == [code])
    }

    @Test(
        arguments: [
            (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (250, "2.50"), (123_450, "1234.50"),
            (.min, "-92233720368547758.08"),
        ] as [(Int64, String)]) func `is written with two decimals`(hundredths: Int64, digits: String)
    {
        #expect(Money(hundredths: hundredths).digits == digits)
        #expect("\(Money(hundredths: hundredths, .eur))" == digits + " EUR")
    }

    @Test func `adds up exactly where Doubles do not`() throws {
        #expect(try Money("0.1") + Money("0.2") == Money("0.3"))
        #expect(try Money("0.1") - Money("0.2") == Money("-0.1"))
        #expect(try eur("129.99") * 3 == eur("389.97"))
    }

    @Test func `of different currencies does not mix`() throws {
        #expect(throws: MoneyError.currenciesMustAgree(.usd, .eur)) { try Money("1") + eur("1") }
        #expect(throws: MoneyError.currenciesMustAgree(.eur, .usd)) { try eur("1") - Money("1") }
        #expect(try Money("1") != eur("1"))
    }

    @Test func `that does not fit is an error, never another amount`() throws {
        let (most, least) = (Money(hundredths: .max), Money(hundredths: .min))
        #expect(throws: MoneyError.amountsMustFit) { try most + Money("0.01") }
        #expect(throws: MoneyError.amountsMustFit) { try least - Money("0.01") }
        #expect(throws: MoneyError.amountsMustFit) { try most * 2 }
        #expect(throws: MoneyError.amountsMustFit) { try least * -1 }
    }

    @Test func `names the rule that was broken`() {
        #expect(MoneyError.amountsMustFit.rule == "amounts-must-fit")
        #expect(MoneyError.currenciesMustAgree(.usd, .eur).rule == "currencies-must-agree")
    }

    @Test(arguments: ["", "usd", "US", "USDT", "U$D", "ÜSD"]) func `is in a currency of three letters`(code: String)
        throws
    {
        #expect(throws: Violations.self) { try Currency(code) }
        #expect(try Currency("USD") == .usd)
    }
}
