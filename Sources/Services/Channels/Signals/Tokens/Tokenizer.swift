/// Cuts a text into tokens and looks their words up, from the first byte to the last without going back by more than
/// one token.
struct Tokenizer {
    let lexicon: Lexicon
    var tokens: [Token] = []
    private(set) var notation = Notation()
    /// Some word begins a phrase of the lexicon.
    private(set) var hasPhrases = false
    var at = 0
    /// Where the last token ended.
    private var edge = -1
    /// What stands before the word that comes.
    var tag = Token.Tag.none

    init(_ lexicon: Lexicon) { self.lexicon = lexicon }

    mutating func scan(_ text: Span<UInt8>) {
        tokens.reserveCapacity(text.count / 3 + 8)
        while at < text.count {
            let (glyph, length) = glyph(text, at: at)
            switch glyph {
            case .letter: word(text)
            case .digit: number(text)
            case .mark(.period) where startsFraction(text): number(text)
            case .mark(.hash), .mark(.dollar): sign(glyph, text)
            case .mark(.at) where isLetter(text, at: at + 1): mention(text)
            case .mark(let term): mark(term, length)
            case .keycap:
                if let last = tokens.indices.last, tokens[last].term == .number { tokens[last].numeral.unit = .ordinal }
                at += length
            case .joiner, .apostrophe, .blank, .narrowBlank, .other: at += length
            }
        }
        add(Token(.end, text.count, text.count))
    }

    /// A mark that is repeated is one: !!!, ✅✅, empty lines.
    private mutating func mark(_ term: Term, _ length: Int) {
        if let last = tokens.indices.last, tokens[last].term == term, tokens[last].letters.count == 0, edge == at {
            edge += length
            tokens[last].end += Int32(length)
        } else {
            add(Token(term, at, at + length))
        }
        at += length
    }

    mutating func add(_ number: Token, _ notation: Notation) {
        at = Int(number.end)
        self.notation.sawDecimalComma = self.notation.sawDecimalComma || notation.sawDecimalComma
        self.notation.sawDecimalPoint = self.notation.sawDecimalPoint || notation.sawDecimalPoint
        self.notation.sawGroupingPoint = self.notation.sawGroupingPoint || notation.sawGroupingPoint
        add(number)
    }

    private mutating func add(_ token: Token) {
        var token = token
        token.touches = Int(token.start) == edge
        edge = Int(token.end)
        tokens.append(token)
    }
}

// Words.
extension Tokenizer {
    /// A run of letters and digits. A word of the lexicon with a number behind it is cut in two: TP1, SL2008, x10.
    mutating func word(_ text: Span<UInt8>) {
        let run = run(text)
        if isAddress(run, text) {
            tag = .none
            return skipToBlank(text)
        }
        var token = Token(.word, at, run.end)
        (token.letters, token.isCapital) = (run.letters, run.isCapital)
        (token.tag, tag) = (tag, .none)
        lookUp(&token)
        if token.term == .word, run.leading < run.letters.count, !run.letters.isTooLong {
            var head = Token(.word, at, run.firstDigit)
            (head.letters, head.isCapital) = (run.letters.prefix(run.leading), run.isCapital)
            lookUp(&head, isGlued: true)
            if head.term.takesNumber { (token, at) = (head, run.firstDigit) } else { at = run.end }
        } else {
            at = run.end
        }
        add(token)
    }

    private mutating func lookUp(_ token: inout Token, isGlued: Bool = false) {
        let sense = lexicon[token.letters]
        let fits =
            switch sense.form {
            case .any: token.tag != .cash || sense.term == .instrument
            case .capitals: token.isCapital || token.tag != .none
            case .glued: isGlued
            }
        // A tagged coin is one, whatever else the word means: #NEAR.
        if token.tag != .none, sense.term != .instrument, lexicon.assets[token.letters].isCoin { return }
        token.phrases = sense.phrases
        if sense.phrases != 0 { hasPhrases = true }
        if fits { (token.term, token.value) = (sense.term, sense.value) }
    }

    private struct Run {
        var letters = Letters()
        var end: Int
        /// How many letters stand before the first digit, and where that is.
        var leading = 0
        var firstDigit = 0
        var isCapital = true
    }

    private func run(_ text: Span<UInt8>) -> Run {
        var run = Run(end: at)
        var (place, sawDigit, sawLetter) = (at, false, false)
        scanning: while place < text.count {
            let (glyph, length) = glyph(text, at: place)
            switch glyph {
            case .letter(let letter, let isCapital):
                run.letters.append(letter)
                run.isCapital = run.isCapital && isCapital
                sawLetter = true
            case .digit(let digit):
                if !sawDigit { (run.leading, run.firstDigit, sawDigit) = (run.letters.count, place, true) }
                run.letters.append(digit + UInt8(ascii: "0"))
            case .joiner: break
            case .apostrophe where isLetter(text, at: place + length): break
            default: break scanning
            }
            place += length
            run.end = place
        }
        if !sawDigit { run.leading = run.letters.count }
        run.isCapital = run.isCapital && sawLetter
        return run
    }

    private func isLetter(_ text: Span<UInt8>, at place: Int) -> Bool {
        guard place < text.count, case .letter = glyph(text, at: place).glyph else { return false }
        return true
    }

    func isDigit(_ text: Span<UInt8>, at place: Int) -> Bool {
        guard place < text.count, case .digit = glyph(text, at: place).glyph else { return false }
        return true
    }
}

// What is no part of a signal.
extension Tokenizer {
    /// `#` and `$` belong to the word behind them; a number behind `#` is that of a message.
    private mutating func sign(_ glyph: Glyph, _ text: Span<UInt8>) {
        let isHash = if case .mark(.hash) = glyph { true } else { false }
        at += 1
        if isLetter(text, at: at) {
            tag = isHash ? .hash : .cash
        } else if isDigit(text, at: at) {
            if isHash { number(text, unit: .hash) }
        }
    }

    /// `@somebody`; but `@market` says at what price.
    private mutating func mention(_ text: Span<UInt8>) {
        at += 1
        let start = at
        word(text)
        guard let last = tokens.last, last.term == .word, Int(last.start) == start else { return }
        tokens.removeLast()
        skipToBlank(text)
    }

    /// `https://…`, `www.…`, `t.me/…`
    private func isAddress(_ run: Run, _ text: Span<UInt8>) -> Bool {
        guard run.end + 2 < text.count else { return false }
        switch text[run.end] {
        case UInt8(ascii: ":"): return text[run.end + 1] == UInt8(ascii: "/") && text[run.end + 2] == UInt8(ascii: "/")
        case UInt8(ascii: "."):
            return run.letters == Self.www || run.letters == Self.t && text[run.end + 1] == UInt8(ascii: "m")
        default: return false
        }
    }

    private static let www = Letters(folding: "www"), t = Letters(folding: "t")

    private mutating func skipToBlank(_ text: Span<UInt8>) {
        while at < text.count {
            let (glyph, length) = glyph(text, at: at)
            switch glyph {
            case .blank, .narrowBlank, .mark(.newline): return
            default: at += length
            }
        }
    }
}

extension Term {
    /// Words that a number may follow without a blank.
    fileprivate var takesNumber: Bool {
        switch self {
        case .entry, .stop, .stopLoss, .target, .leverage, .times, .at, .riskReward, .buy, .sell: true
        default: false
        }
    }
}
