/// One price or several: 2300 - 2350 - 2400, 1.0800/1.0750, "95, 92", and lists with a line each.
extension PhraseReader {
    /// Reads as many prices as stand here, and says where it put them.
    mutating func prices(of label: Phrase.Label) -> Range<Int> {
        let first = numerals.count
        let most = label == .stop ? 1 : Int.max
        var place = at
        while numerals.count - first < most {
            if numerals.count > first { skipSeparators(of: label) }
            skipNumberOfLine()
            guard isPrice else { break }
            numerals.append(tokens[at].numeral)
            at += 1
            if term() == .currency { at += 1 }
            place = at
        }
        at = place
        return first..<numerals.count
    }

    /// Not 50 pips, 2 lots, 15 minutes, 12:30.
    private var isPrice: Bool {
        guard term() == .number, tokens[at].numeral.isPlain else { return false }
        switch term(1) {
        case .pips, .lots, .time, .percent: return false
        case .colon: return !(term(2) == .number && tokens[at + 1].touches && tokens[at + 2].touches)
        default: return true
        }
    }

    private mutating func skipSeparators(of label: Phrase.Label) {
        skipAside()
        switch term() {
        case .comma, .slash, .dash, .and, .to, .arrow: at += 1
        case .newline where label.mayHaveLines && numberFollows(at + 1, label):
            while term() != .number, term() != .end { at += 1 }
        default: break
        }
        if term() == .dash || term() == .arrow { at += 1 }
    }

    /// What a bracket says of the price before it: "44000 (+1.7%)".
    private mutating func skipAside() {
        guard term() == .open else { return }
        for length in 1...4 where term(length) == .shut {
            at += length + 1
            return
        }
    }

    /// "1)", "2.", "3:" and digits on keys before the price of a line.
    private mutating func skipNumberOfLine() {
        guard isSmall(at) else { return }
        switch term(1) {
        case .shut, .period, .colon, .equals:
            guard term(2) == .number || term(2) == .dash && term(3) == .number else { return }
            at += 2
        case .dash, .number, .arrow:
            guard tokens[at].numeral.unit == .ordinal else { return }
            at += 1
        default: return
        }
        while term() == .dash || term() == .colon || term() == .arrow { at += 1 }
    }
}

extension Phrase.Label {
    fileprivate var mayHaveLines: Bool { self == .target || self == .entry }
}
