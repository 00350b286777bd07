/// BTC/USDT, #ETHUSDT, EUR USD, $SOL, Gold, XAUUSD.m, BTCUSDT.P
extension PhraseReader {
    mutating func symbol() {
        let first = at
        if let pair = pairOfWords() {
            add(.symbol(pair), from: first)
        } else if let instrument = instrument(tokens[at]) {
            at += 1
            skipSuffix()
            add(.symbol(instrument), from: first)
        } else {
            at += 1
            if tokens[first].term == .word { add(.word, from: first) }
        }
    }

    /// Two words with a slash, a dash or a blank between them. Leaves the place behind them.
    private mutating func pairOfWords() -> Instrument? {
        let hasMark = term(1) == .slash || term(1) == .dash
        let second = at + (hasMark ? 2 : 1)
        guard second < tokens.count, tokens[second].term.isName else { return nil }
        let (base, quote) = (tokens[at], tokens[second])
        let quoteAsset = lexicon.assets[quote.letters]
        guard quoteAsset != .none, hasMark || !quoteAsset.isCoin else { return nil }
        var pair = base.letters
        pair.append(quote.letters)
        var found = lexicon.pair(pair)
        // GOLD/USD
        if found == nil, base.term == .instrument, quoteAsset == .fiat || quoteAsset == .stable {
            found = instrument(base)
        }
        guard let found else { return nil }
        at = second + 1
        skipSuffix()
        return found
    }

    private func instrument(_ token: Token) -> Instrument? {
        if token.term == .instrument { return lexicon.instruments[Int(token.value)] }
        guard token.term == .word else { return nil }
        if let pair = lexicon.pair(token.letters) { return pair }
        guard token.isCapital || token.tag == .cash, 2...10 ~= token.letters.count, let name = token.letters.capitals
        else { return nil }
        if token.tag != .none, lexicon.assets[token.letters].isCoin {
            return Instrument(Symbol(spelt: name + "USDT"), .crypto)
        }
        let isStock = token.tag == .cash && name.utf8.count <= 5
        return Instrument(Symbol(spelt: name), .stocks, isKnown: isStock)
    }

    /// What brokers and exchanges hang on: .P, .m, -PERP, .cash
    private mutating func skipSuffix() {
        guard term() == .period || term() == .dash, tokens[at].touches, at + 1 < tokens.count else { return }
        let next = tokens[at + 1]
        if next.touches, next.term == .word || next.term == .filler, next.letters.count <= 4 { at += 2 }
    }
}

extension Term {
    fileprivate var isName: Bool { self == .word || self == .instrument || self == .currency }
}
