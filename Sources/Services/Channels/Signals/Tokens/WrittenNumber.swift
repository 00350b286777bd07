/// The digits and separators of one number while it is read, and what they amount to.
struct WrittenNumber {
    private(set) var numeral = Numeral()
    private(set) var letters = Letters()
    /// Behind its last digit.
    private(set) var end: Int
    /// Not one number but several without blanks between them.
    private(set) var isList = false
    private(set) var notation = Notation()

    private var separators = 0
    private var first: Separator?, last: Separator?
    private var firstWidth = 0, groupWidth = 0
    private var startsWithZero = false
    /// All groups between separators so far have three digits.
    private var isGrouped = true
    private var changes = 0

    /// More groups than any price has are not looked at, so that a long chain of them is not read twice.
    static let mostSeparators = 6

    enum Separator {
        case point, comma, blank

        init?(_ glyph: Glyph) {
            switch glyph {
            case .mark(.period): self = .point
            case .mark(.comma): self = .comma
            case .apostrophe, .narrowBlank: self = .blank
            default: return nil
            }
        }
    }

    init(at place: Int) { end = place }

    /// Digits without any separator.
    var isBare: Bool { separators == 0 }
    var takesSeparators: Bool { separators < Self.mostSeparators }

    mutating func append(_ digit: UInt8, end: Int) {
        if numeral.width == 0 { startsWithZero = digit == 0 }
        if numeral.width < Price.mostDigits {
            numeral.digits = numeral.digits * 10 + Int64(digit)
        } else {
            numeral.form = .unreadable
        }
        letters.append(digit + UInt8(ascii: "0"))
        numeral.width += 1
        groupWidth += 1
        self.end = end
    }

    mutating func separate(_ separator: Separator) {
        if separators == 0 {
            (first, firstWidth) = (separator, groupWidth)
        } else {
            isGrouped = isGrouped && groupWidth == 3
            if separator != last { changes += 1 }
        }
        last = separator
        separators += 1
        groupWidth = 0
    }

    /// Called behind the last digit.
    mutating func settle() {
        guard let first, let last else { return }
        numeral.behind = groupWidth
        let isGrouping = isGrouped && groupWidth == 3 && 1...3 ~= firstWidth && !startsWithZero
        switch (changes, first, last) {
        case (0, .point, _) where separators == 1:
            if isGrouping { numeral.form = .openPoint } else { notation.sawDecimalPoint = true }
        case (0, .comma, _) where separators == 1:
            if isGrouping {
                numeral.form = .openComma
                return
            }
            isList = firstWidth > 3 && groupWidth > 3
            notation.sawDecimalComma = !isList
        case (0, .point, _):
            if isGrouping { notation.sawGroupingPoint = true } else { numeral.form = .unreadable }
            numeral.behind = 0
        case (0, _, _):
            numeral.behind = 0
            isList = !isGrouping
        case (1, _, .point) where isGrouped && firstWidth <= 3: notation.sawDecimalPoint = true
        case (1, .point, .comma) where isGrouped && firstWidth <= 3:
            (notation.sawDecimalComma, notation.sawGroupingPoint) = (true, true)
        case (1, .blank, .comma) where isGrouped && firstWidth <= 3: notation.sawDecimalComma = true
        default: isList = true
        }
    }
}
