/// A message as phrases, for those who ask what it means.
struct Message {
    let phrases: [Phrase]
    private let numerals: [Numeral]
    private let notation: Notation

    init(_ phrases: [Phrase], _ numerals: [Numeral], _ notation: Notation) {
        (self.phrases, self.numerals, self.notation) = (phrases, numerals, notation)
    }

    /// Nil beyond either end.
    func kind(at place: Int) -> Phrase.Kind? { phrases.indices.contains(place) ? phrases[place].kind : nil }

    func isSide(_ place: Int) -> Bool { if case .side? = kind(at: place) { true } else { false } }
    func isSymbol(_ place: Int) -> Bool { if case .symbol? = kind(at: place) { true } else { false } }

    /// Prices that only their place gives a meaning.
    func unlabelled(_ place: Int) -> Range<Int>? {
        switch kind(at: place) {
        case .prices(.bare, _, let range)?, .prices(.at, _, let range)?: range
        default: nil
        }
    }

    func prices(_ range: Range<Int>, _ quoting: Quoting) -> [Price] {
        var prices: [Price] = []
        prices.reserveCapacity(range.count)
        eachPrice(in: range, quoting) { prices.append($0) }
        return prices
    }

    /// From the lowest to the highest, those of `others` included.
    func range(_ range: Range<Int>, _ quoting: Quoting, with others: PriceRange?) -> PriceRange? {
        var found = others
        eachPrice(in: range, quoting) { price in
            found = found?.including(price) ?? PriceRange(price)
        }
        return found
    }

    private func eachPrice(in range: Range<Int>, _ quoting: Quoting, _ body: (Price) -> Void) {
        var last = Numeral()
        for written in numerals[range] {
            let numeral = written.completed(by: last) ?? written
            if let price = notation.price(numeral, quoting) { body(price) }
            last = numeral
        }
    }
}

// What is said, wherever in the message.
extension Message {
    /// The first instrument that is known; else one that only looks so and stands beside a side.
    var instrument: Instrument? {
        var unknown: Instrument?
        for place in phrases.indices {
            guard case .symbol(let instrument) = phrases[place].kind else { continue }
            if instrument.isKnown { return instrument }
            if unknown == nil, isSide(place - 1) || isSide(place + 1) { unknown = instrument }
        }
        return unknown
    }

    /// Each known symbol once.
    var symbols: [Symbol] {
        var symbols: [Symbol] = []
        for phrase in phrases {
            guard case .symbol(let instrument) = phrase.kind, instrument.isKnown else { continue }
            // A message that names a hundred symbols is a list of them.
            if symbols.count < 100, !symbols.contains(instrument.symbol) { symbols.append(instrument.symbol) }
        }
        return symbols
    }

    /// How often each kind of thing is said that is no part of a trade.
    struct Tone {
        var words = 0, questions = 0, adverts = 0, reports = 0, recaps = 0
        var isIgnored = false, hasHits = false, hasMoves = false
    }

    var tone: Tone {
        var tone = Tone()
        for phrase in phrases {
            switch phrase.kind {
            case .word, .term(.openEnd): tone.words += 1
            case .pause(.question): tone.questions += 1
            case .term(.advert): tone.adverts += 1
            case .term(.report): tone.reports += 1
            case .term(.recap): tone.recaps += 1
            case .term(.ignored): tone.isIgnored = true
            case .term(.hit), .term(.check), .term(.stoppedOut): tone.hasHits = true
            case .term(.move): tone.hasMoves = true
            default: break
            }
        }
        return tone
    }
}
