/// "TP1: 44000", "Stop-loss - 2200", "Entry zone 1.0850–1.0870", "Targets 🎯 95, 92".
extension PhraseReader {
    mutating func labelled(_ label: Phrase.Label, number: Int = 0) {
        let first = at
        at += 1
        while term().label == label || term() == .filler { at += 1 }
        var number = number
        if let ordinal = numberOfLabel() {
            number = ordinal
            at += 1
        }
        skipConnectors(of: label, isNumbered: number > 0)
        let found = prices(of: label)
        if label == .target, term() == .hit || term() == .check, areNumbersOfTargets(found) {
            return addTargets(found, from: first)
        }
        if found.isEmpty { backOverMarks(to: first) }
        add(.prices(label, number: number, found), from: first)
    }

    /// The 1 of "TP1", "TP 1: 44000", "Target 1 - 44000", "TP 1 hit". In "Targets 2 - 2.5 - 3" there is none.
    private func numberOfLabel() -> Int? {
        guard isSmall(at) else { return nil }
        let token = tokens[at]
        if token.numeral.unit == .ordinal || token.touches && token.numeral.width == 1 { return token.numeral.value }
        switch term(1) {
        case .shut, .hit, .check, .openEnd, .numbered: return token.numeral.value
        case .colon, .equals, .arrow, .at, .period: return term(2) == .number ? token.numeral.value : nil
        case .dash, .to, .now, .number:
            let next = term(1) == .number ? at + 1 : at + 2
            guard next < tokens.count, tokens[next].term == .number else { return nil }
            let numeral = tokens[next].numeral
            return numeral.width - numeral.behind == 1 && numeral.digits > 0 && numeral.isOneOrMore
                ? nil : token.numeral.value
        default: return nil
        }
    }

    /// What may stand between a label and its prices.
    private mutating func skipConnectors(of label: Phrase.Label, isNumbered: Bool) {
        for _ in 0..<Self.mostConnectors {
            switch term() {
            // "SL moved from 1.08 to 1.085"
            case .near where label != .entry && term(1) == .number && term(2) == .to && term(3) == .number: at += 3
            case .colon, .equals, .dash, .arrow, .at, .open, .shut, .and, .numbered, .filler, .near, .to,
                .period, .move:
                at += 1
            case .now where term(1) == .number: at += 1
            case .above, .below, .beyond:
                if label == .entry { add(.term(term()), from: at) }
                at += 1
            case .newline where numberFollows(at + 1, label): at += 1
            case .check where term(1) == .number && !isNumbered: at += 1
            case let other where other.label == label && isPicture(at): at += 1
            default: return
            }
        }
    }

    /// A label that is a mark and no word.
    private func isPicture(_ place: Int) -> Bool { tokens[place].letters.count == 0 }

    private static let mostConnectors = 8

    /// Whether the next line begins with a number, behind whatever marks it as a line of a list.
    func numberFollows(_ place: Int, _ label: Phrase.Label) -> Bool {
        for place in place..<min(place + 4, tokens.count) {
            switch tokens[place].term {
            case .number: return tokens[place].numeral.isPlain || tokens[place].numeral.unit == .ordinal
            case .newline, .dash, .check, .numbered: continue
            case .target where isPicture(place) && label == .target: continue
            default: return false
            }
        }
        return false
    }

    /// A label without prices ends where its words do: what follows belongs to the next phrase.
    private mutating func backOverMarks(to first: Int) {
        while at > first + 1 {
            switch tokens[at - 1].term {
            case .newline, .period, .to, .near, .filler, .colon, .dash, .arrow, .and, .at, .open: at -= 1
            default: return
            }
        }
    }

    /// "Targets 1, 2 and 3 hit": the numbers say which.
    private func areNumbersOfTargets(_ range: Range<Int>) -> Bool {
        !range.isEmpty && numerals[range].allSatisfy { $0.isWhole && $0.width <= 2 && $0.value <= Signal.mostTargets }
    }

    private mutating func addTargets(_ range: Range<Int>, from first: Int) {
        for numeral in numerals[range] { add(.prices(.target, number: numeral.value, 0..<0), from: first) }
    }
}

extension Term {
    var label: Phrase.Label? {
        switch self {
        case .entry: .entry
        case .stop, .stopLoss: .stop
        case .target: .target
        default: nil
        }
    }
}

extension Numeral {
    fileprivate var isOneOrMore: Bool { digits >= Int64.power(ofTen: min(behind, Price.mostDigits)) }
}
