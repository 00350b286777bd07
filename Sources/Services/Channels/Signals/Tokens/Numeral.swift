/// A number as it was written. Whether 43,250 is forty-three thousand or forty-three is decided by `Notation`.
struct Numeral: Hashable, Sendable {
    /// All digits, without the point.
    var digits: Int64 = 0
    var form = Form.settled
    var unit = Term.number
    private var allDigits: UInt8 = 0, lastDigits: UInt8 = 0

    /// How many digits there are, leading zeros included.
    var width: Int {
        get { Int(allDigits) }
        set { allDigits = UInt8(clamping: newValue) }
    }

    /// How many of them stand behind the last separator.
    var behind: Int {
        get { Int(lastDigits) }
        set { lastDigits = UInt8(clamping: newValue) }
    }

    enum Form: UInt8, Sendable {
        case settled
        /// One comma with three digits behind it, or one point: groups of digits, or decimals?
        case openComma, openPoint
        /// A date, an address, more digits than any price has.
        case unreadable
    }

    /// Whether it may be a price: not a percentage, a number of pips, the number of a message.
    var isPlain: Bool { form != .unreadable && (unit == .number || unit == .thousand) && digits > 0 }

    /// A whole number without separators.
    var isWhole: Bool { isPlain && behind == 0 && unit == .number }

    var value: Int { Int(truncatingIfNeeded: digits) }
}

/// What an instrument's prices look like, where a number could be read in two ways.
enum Quoting: Sendable {
    case any
    /// No thousands: 150,250 is a yen's, and 1,085 a euro's.
    case small
    /// Never below a thousand: 43.500 is a bitcoin's, and 16.720 that of an index.
    case large
}

/// How a message writes its numbers, as far as those show that can be read in one way only.
struct Notation: Sendable {
    var sawDecimalComma = false, sawDecimalPoint = false, sawGroupingPoint = false

    private var commaIsDecimal: Bool { sawDecimalComma && !sawDecimalPoint }

    func price(_ numeral: Numeral, _ quoting: Quoting) -> Price? {
        guard numeral.isPlain else { return nil }
        let isDecimal =
            switch numeral.form {
            case .settled, .unreadable: true
            case .openComma: commaIsDecimal || quoting == .small
            case .openPoint: !commaIsDecimal && !sawGroupingPoint && quoting != .large
            }
        let scale = isDecimal ? numeral.behind : 0
        guard numeral.unit == .thousand else { return Price(numeral.digits, scale: scale) }
        guard numeral.digits < Int64.power(ofTen: 12) else { return nil }
        return Price(numeral.digits * 1_000, scale: scale)
    }
}

extension Numeral {
    /// 1.0850-70 and 2015/18: what is left out at the front of the second number is that of the first. Nil when it is a
    /// number of its own, as large as the first.
    func completed(by first: Numeral) -> Numeral? {
        guard isWhole, first.isPlain, first.unit == .number, width <= 3, width < first.width else { return nil }
        let whole = first.digits / Int64.power(ofTen: min(first.behind, Price.mostDigits))
        guard digits < whole / 10 || first.behind >= width && digits > 10 * whole else { return nil }
        var completed = first
        completed.digits += digits - first.digits % Int64.power(ofTen: width)
        return completed
    }
}
