/// An exact amount: hundredths of a currency. Sums of different currencies and sums that do not fit are errors.
package struct Money: Hashable, Sendable {
    package let hundredths: Int64
    package let currency: Currency

    package init(hundredths: Int64, _ currency: Currency = .usd) {
        (self.hundredths, self.currency) = (hundredths, currency)
    }

    package static let zero = Money(hundredths: 0)

    package static func + (a: Money, b: Money) throws(MoneyError) -> Money {
        try a.combined(with: b) { $0.addingReportingOverflow($1) }
    }

    package static func - (a: Money, b: Money) throws(MoneyError) -> Money {
        try a.combined(with: b) { $0.subtractingReportingOverflow($1) }
    }

    package static func * (price: Money, quantity: Int) throws(MoneyError) -> Money {
        let product = price.hundredths.multipliedReportingOverflow(by: Int64(quantity))
        guard !product.overflow else { throw .amountsMustFit }
        return Money(hundredths: product.partialValue, price.currency)
    }

    private func combined(
        with other: Money, _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currenciesMustAgree(currency, other.currency) }
        let result = operation(hundredths, other.hundredths)
        guard !result.overflow else { throw .amountsMustFit }
        return Money(hundredths: result.partialValue, currency)
    }
}

extension Money {
    /// Digits with at most two behind a point: `12`, `0.5`, `-3.25`. No exponent, no sign but a minus, no grouping.
    package init(_ digits: String, _ currency: Currency = .usd) throws(Violations) {
        var bytes = Array(digits.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes.removeFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } }
        guard isNumber else { throw Violations(.format, "must be an amount like 12.50") }
        let decimals = parts.count == 2 ? parts[1].count : 0
        guard decimals <= 2 else { throw .tooPrecise }
        var hundredths: Int64 = 0
        for digit in Array(parts.joined()) + Array(repeating: UInt8(ascii: "0"), count: 2 - decimals) {
            // Counted below zero, where there is room for one more.
            let (shifted, beyond) = hundredths.multipliedReportingOverflow(by: 10)
            let (sum, below) = shifted.subtractingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !beyond, !below else { throw .tooLarge }
            hundredths = sum
        }
        guard isNegative || hundredths != .min else { throw .tooLarge }
        self.init(hundredths: isNegative ? hundredths : -hundredths, currency)
    }
}

extension Violations {
    package static let tooPrecise = Violations(.precision, "must have at most 2 decimals")
    package static let tooLarge = Violations(.range, "must be an amount below 92 quadrillion")
}

extension Money: CustomStringConvertible {
    /// The digits alone: `1234.50`.
    package var digits: String {
        let (whole, part) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(hundredths < 0 ? "-" : "")\(whole).\(part < 10 ? "0" : "")\(part)"
    }

    package var description: String { "\(digits) \(currency)" }
}

/// Three letters of ISO 4217. Amounts are hundredths whatever the currency.
package struct Currency: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ code: String) throws(Violations) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) else {
            throw Violations(.format, "must be a currency of three capital letters")
        }
        description = code
    }

    private init(known code: String) { description = code }

    /// What an amount is in that does not say so.
    package static let usd = Currency(known: "USD")
    package static let eur = Currency(known: "EUR")
}

package enum MoneyError: DomainError, Hashable {
    case currenciesMustAgree(Currency, Currency)
    case amountsMustFit

    package var rule: Rule {
        switch self {
        case .currenciesMustAgree: "currencies-must-agree"
        case .amountsMustFit: "amounts-must-fit"
        }
    }
}
