/// Something that is traded, and where.
struct Instrument: Hashable, Sendable {
    let symbol: Symbol, market: Market
    /// Whether the lexicon knows it or its parts; else it only looks like a symbol.
    var isKnown = true

    init(_ symbol: Symbol, _ market: Market, isKnown: Bool = true) {
        (self.symbol, self.market, self.isKnown) = (symbol, market, isKnown)
    }
}

extension Instrument {
    var quoting: Quoting {
        switch market {
        case .forex: .small
        case .index: symbol.description == "VIX" || symbol.description == "DXY" ? .any : .large
        case .crypto, .metals: Self.large.contains { symbol.description.hasPrefix($0) } ? .large : .any
        case .stocks: .any
        }
    }

    private static let large = ["BTC", "ETHUSD", "XAU"]
}

/// What the two halves of a pair may be.
enum Asset: UInt8, Sendable {
    case none, fiat, stable, metal, coin
    /// A coin that others are traded against.
    case major

    var isCoin: Bool { self == .coin || self == .major }

    static let names: [(Asset, String)] = [
        (
            .fiat,
            """
            usd eur gbp jpy chf aud nzd cad sek nok dkk pln huf czk try zar mxn brl cnh cny hkd sgd inr rub thb krw ils
            """
        ),
        (.stable, "usdt usdc busd tusd fdusd"),
        (.metal, "xau xag xpt xpd"),
        (.major, "btc eth bnb"),
    ]
}

extension Lexicon {
    /// What a symbol of the settings stands for. Its owner knows it, whatever the lexicon does.
    func instrument(_ symbol: Symbol) -> Instrument {
        let letters = Letters(folding: symbol.description)
        if let pair = pair(letters) { return pair }
        let sense = self[letters]
        let isName = sense.term == .instrument && instruments[Int(sense.value)].symbol == symbol
        return isName ? instruments[Int(sense.value)] : Instrument(symbol, .stocks)
    }

    /// A pair written as one word: its quote is at the end. `BTCUSDTPERP` and `XAUUSDm` are those of a broker.
    func pair(_ word: Letters) -> Instrument? {
        guard word.count >= 5, !word.isTooLong else { return nil }
        if word.count > 8, word.suffix(4) == Self.perpetual { return pair(word.prefix(word.count - 4)) }
        for length in 3...5 where word.count >= length + 2 {
            let quote = assets[word.suffix(length)]
            guard quote != .none else { continue }
            if let found = pair(word, base: word.prefix(word.count - length), quote) { return found }
        }
        let isBrokers = word.count == 7 && word.suffix(1) == Self.mini
        return isBrokers ? pair(word.prefix(6)) : nil
    }

    private static let perpetual = Letters(folding: "perp"), mini = Letters(folding: "m")

    private func pair(_ word: Letters, base: Letters, _ quote: Asset) -> Instrument? {
        let market: Market
        switch (assets[base], quote) {
        case (.fiat, .fiat): market = .forex
        case (.metal, .fiat): market = .metals
        case (.coin, .fiat), (.major, .fiat), (.coin, .major), (.major, .major), (_, .stable): market = .crypto
        default: return nil
        }
        return word.capitals.map { Instrument(Symbol(spelt: $0), market) }
    }
}
