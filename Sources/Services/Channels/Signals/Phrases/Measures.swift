/// The numbers of a signal that are no prices.
extension PhraseReader {
    /// "Leverage: cross 20x", "10x", "x10", "lev 1:100", "5-10x", of which the lower counts.
    mutating func leverage() {
        let first = at
        if term() != .number { at += 1 }
        skipToNumber()
        guard term() == .number else { return }
        var numeral = tokens[at].numeral
        at += 1
        if numeral.value == 1, term() == .colon, term(1) == .number {
            numeral = tokens[at + 1].numeral
            at += 2
        } else if term() == .dash, term(1) == .number, tokens[at + 1].numeral.unit == .times {
            at += 2
        }
        guard numeral.behind == 0, numeral.width <= 6, numeral.unit == .times || numeral.unit == .number,
            numeral.value > 0
        else { return }
        add(.leverage(numeral.value), from: first)
    }

    /// "RR 1:2.5", "R:R = 3", "3R".
    mutating func riskReward() {
        let first = at
        at += 1
        if term() == .colon, term(1) == .riskReward { at += 2 }
        skipToNumber()
        guard term() == .number, let one = measure(at) else { return }
        at += 1
        var ratio = one
        if term() == .colon || term() == .to || term() == .slash, term(1) == .number, let other = measure(at + 1) {
            at += 2
            ratio = other * 100 / one
        }
        guard 1...100_000 ~= ratio else { return }
        add(.riskReward(Ratio(hundredths: ratio)), from: first)
    }

    /// "Confidence: 85%", "confidence 0.85", "85% confidence", "confidence 8/10".
    mutating func confidence() {
        let first = at
        if term() == .confidence {
            at += 1
            skipToNumber()
        }
        guard term() == .number, var hundredths = measure(at) else { return }
        let isPercent = tokens[at].numeral.unit == .percent || term(1) == .percent
        at += 1
        if term() == .confidence { at += 1 }
        if isPercent || hundredths > 1_000 {
            hundredths = (hundredths + 50) / 100
        } else if term() == .slash, term(1) == .number, let other = measure(at + 1) {
            at += 2
            hundredths = hundredths * 100 / other
        }
        guard 1...100 ~= hundredths else { return }
        add(.confidence(Ratio(hundredths: hundredths)), from: first)
    }

    /// "15m", "4 h", "H4".
    mutating func timeframe() {
        let (first, token) = (at, tokens[at])
        at += 1
        var minutes = Int(token.value)
        if token.term == .number {
            if token.numeral.unit != .time {
                minutes = Int(tokens[at].value)
                at += 1
            }
            guard token.numeral.behind == 0, token.numeral.width <= 2 else { return }
            minutes *= token.numeral.value
        } else if !token.letters.endsWithDigit {
            return
        }
        if let timeframe = Timeframe(minutes: minutes) { add(.timeframe(timeframe), from: first) }
    }

    /// 1/2, 1/3, 1/4 of a position.
    var isFraction: Bool {
        tokens[at].numeral.isWhole && tokens[at].numeral.value == 1 && term(1) == .slash && tokens[at + 1].touches
            && term(2) == .number && 2...4 ~= tokens[at + 2].numeral.value
    }

    mutating func fraction() {
        let first = at
        at += 3
        add(.portion(100 / tokens[at - 1].numeral.value), from: first)
    }

    /// In hundredths, cut off there. Nil for zero and for what is no measure.
    private func measure(_ place: Int) -> Int? {
        let numeral = tokens[place].numeral
        guard numeral.form != .unreadable, numeral.width - numeral.behind <= 6, numeral.digits > 0 else { return nil }
        let value =
            numeral.behind <= 2
            ? numeral.digits * Int64.power(ofTen: 2 - numeral.behind)
            : numeral.digits / Int64.power(ofTen: min(numeral.behind - 2, Price.mostDigits))
        return value > 0 ? Int(value) : nil
    }

    private mutating func skipToNumber() {
        for _ in 0..<6 {
            switch term() {
            case .colon, .equals, .dash, .filler, .open, .near, .to, .arrow, .times: at += 1
            default: return
            }
        }
    }
}

extension Letters {
    fileprivate var endsWithDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= UInt8(truncatingIfNeeded: packed) }
}
