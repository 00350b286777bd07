/// Numbers as people in many countries write them: 43,250.50 and 43.250,50, 43'250, 43 250 with a narrow blank, .0845.
extension Tokenizer {
    /// A point with a digit behind it and no word before it.
    func startsFraction(_ text: Span<UInt8>) -> Bool {
        guard isDigit(text, at: at + 1) else { return false }
        guard at > 0 else { return true }
        return switch Glyph(ascii: text[at - 1] & 0x7F) {
        case .letter, .digit, .mark(.period): false
        default: text[at - 1] < 0x80
        }
    }

    mutating func number(_ text: Span<UInt8>, unit: Term = .number) {
        var written = written(text, with: { _ in true })
        // A list without blanks, 44000,45000: only its first number stands here.
        if written.isList { written = self.written(text, with: { $0 == .point }) }
        let isSigned = at > 0 && text[at - 1] == UInt8(ascii: "+")
        let behind = suffix(of: written, text)
        if behind.term == .word, written.isBare, !isSigned {
            tag = unit == .hash ? .hash : .none
            return word(text)
        }
        var token = Token(.number, at, behind.end)
        (token.numeral, token.letters, token.value) = (written.numeral, written.letters, behind.value)
        token.numeral.unit = unit != .number ? unit : isSigned ? .plus : behind.term == .word ? .number : behind.term
        add(token, written.notation)
    }

    private func written(_ text: Span<UInt8>, with isGood: (WrittenNumber.Separator) -> Bool) -> WrittenNumber {
        var written = WrittenNumber(at: at)
        var place = at
        reading: while place < text.count {
            let (glyph, length) = glyph(text, at: place)
            switch glyph {
            case .digit(let digit): written.append(digit, end: place + length)
            case .joiner: break
            default:
                guard let separator = WrittenNumber.Separator(glyph), isGood(separator), written.takesSeparators,
                    isDigit(text, at: place + length)
                else { break reading }
                written.separate(separator)
            }
            place += length
        }
        written.settle()
        return written
    }

    /// The unit that touches the number: 3.2%, 10x, 43k, 15m, 1st. `word` when letters follow that are none.
    private func suffix(of number: WrittenNumber, _ text: Span<UInt8>) -> (term: Term, value: UInt16, end: Int) {
        var (place, letters) = (number.end, Letters())
        if place < text.count, text[place] == UInt8(ascii: "%") { return (.percent, 0, place + 1) }
        reading: while place < text.count, letters.count <= Self.longestUnit {
            let (glyph, length) = glyph(text, at: place)
            switch glyph {
            case .letter(let letter, _): letters.append(letter)
            case .digit: return (.word, 0, number.end)
            default: break reading
            }
            place += length
        }
        guard letters.count > 0 else { return (.number, 0, number.end) }
        let sense = lexicon[letters]
        return switch sense.term {
        case .times, .thousand, .pips, .lots, .time, .ordinal, .riskReward: (sense.term, sense.value, place)
        case .currency: (.number, 0, place)
        default: (.word, 0, number.end)
        }
    }

    private static let longestUnit = 8
}
