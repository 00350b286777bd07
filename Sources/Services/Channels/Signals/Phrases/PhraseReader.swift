/// Reads tokens into phrases, from the first to the last. What it does not know it passes over.
struct PhraseReader {
    let lexicon: Lexicon
    let tokens: [Token]
    var at = 0
    private(set) var phrases: [Phrase] = []
    /// Of all phrases with prices, in their order.
    var numerals: [Numeral] = []
    /// A number that comes now belongs to a side or a symbol.
    private var mayPrice = false

    init(_ tokens: [Token], _ lexicon: Lexicon) {
        (self.tokens, self.lexicon) = (tokens, lexicon)
        phrases.reserveCapacity(tokens.count / 2 + 4)
        numerals.reserveCapacity(8)
    }

    /// Any number of tokens ahead; behind the last one is the end.
    func term(_ ahead: Int = 0) -> Term { at + ahead < tokens.count ? tokens[at + ahead].term : .end }

    mutating func add(_ kind: Phrase.Kind, from first: Int) {
        phrases.append(Phrase(kind: kind, start: tokens[first].start, end: tokens[max(at - 1, first)].end))
        switch kind {
        case .side, .symbol, .order, .term(.above), .term(.below), .term(.beyond): mayPrice = true
        case .pause(.newline), .pause(.exclamation), .term(.when), .leverage, .timeframe: break
        default: mayPrice = false
        }
    }

    mutating func read() {
        while term() != .end {
            let first = at
            phrase()
            // A rule that finds nothing behind its first token may leave it where it is.
            if at == first { at += 1 }
        }
    }

    private mutating func phrase() {
        switch term() {
        case .buy: step(.side(.buy))
        case .sell: step(.side(.sell))
        case .buyLimit: step(.side(.buy), .order(.limit))
        case .buyStop: step(.side(.buy), .order(.stop))
        case .sellLimit: step(.side(.sell), .order(.limit))
        case .sellStop: step(.side(.sell), .order(.stop))
        case .limit: step(.order(.limit))
        case .now: step(.order(.market))
        case .word, .instrument, .currency: symbol()
        case .entry: labelled(.entry)
        case .stop, .stopLoss: labelled(.stop)
        case .target: labelled(.target)
        case .ordinal: ordinal(Int(tokens[at].value))
        case .at: atPrice()
        case .number: number()
        case .leverage, .times: leverage()
        case .riskReward: riskReward()
        case .confidence: confidence()
        case .time: timeframe()
        case .portion: step(.portion(Int(tokens[at].value)))
        case .newline, .period, .question, .exclamation: step(.pause(term()))
        case .hit, .check, .stoppedOut, .close, .take, .cancel, .breakEven, .move, .all, .trade, .openEnd, .when, .not,
            .above, .below, .beyond, .advert, .report, .recap, .candle, .ignored:
            step(.term(term()))
        default: break
        }
    }

    /// One token that says one thing, or two.
    private mutating func step(_ kind: Phrase.Kind, _ other: Phrase.Kind? = nil) {
        let first = at
        at += 1
        add(kind, from: first)
        if let other { add(other, from: first) }
    }

    /// "First target", "2nd TP".
    private mutating func ordinal(_ number: Int) {
        at += 1
        if let label = term().label, label != .stop { labelled(label, number: number) }
    }

    private mutating func atPrice() {
        let first = at
        at += 1
        while term() == .near || term() == .filler || term() == .colon { at += 1 }
        let found = prices(of: .at)
        if !found.isEmpty { add(.prices(.at, number: 0, found), from: first) }
    }

    /// A number without a label.
    private mutating func number() {
        let (first, numeral) = (at, tokens[at].numeral)
        switch numeral.unit {
        case .times: return leverage()
        case .time: return timeframe()
        case .ordinal: return ordinal(numeral.value)
        case .percent where term(1) == .confidence: return confidence()
        case .percent where numeral.behind == 0 && 1...100 ~= numeral.digits: return step(.portion(numeral.value))
        default: break
        }
        if term(1) == .time { return timeframe() }
        if !mayPrice, isFraction { return fraction() }
        if case .prices(.target, number: 1..., let range)? = phrases.last?.kind, range.isEmpty, isSmall(at) {
            at += 1
            return add(.prices(.target, number: numeral.value, range), from: first)
        }
        let found = mayPrice ? prices(of: .bare) : 0..<0
        if found.isEmpty { at += 1 } else { add(.prices(.bare, number: 0, found), from: first) }
    }

    /// Whether the number of that token may say which target is meant.
    func isSmall(_ place: Int) -> Bool {
        guard place < tokens.count, tokens[place].term == .number else { return false }
        let numeral = tokens[place].numeral
        return (numeral.isWhole || numeral.unit == .ordinal) && numeral.width <= 2
            && 1...Signal.mostTargets ~= numeral.value
    }
}
