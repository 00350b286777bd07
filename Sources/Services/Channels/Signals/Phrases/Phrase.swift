/// Tokens that say one thing together: "BTC/USDT", "TP1: 44000", "close".
struct Phrase: Sendable {
    enum Kind: Sendable {
        case side(Side)
        case order(OrderType)
        case symbol(Instrument)
        /// What the prices are, which of several it is (0 when that is not said), and where the reader keeps them.
        /// "TP1 hit" has none.
        case prices(Label, number: Int, Range<Int>)
        case leverage(Int)
        case timeframe(Timeframe)
        case riskReward(Ratio)
        case confidence(Ratio)
        case portion(Int)
        /// A word that says something by itself.
        case term(Term)
        /// A word that nobody knows.
        case word
        /// The end of a line or a sentence.
        case pause(Term)
    }

    enum Label: Sendable {
        case entry, stop, target
        /// Behind "at" or @; behind a side or a symbol. An entry, if nothing else is.
        case at, bare
    }

    let kind: Kind
    let start: Int32, end: Int32

    var span: Range<Int> { Int(start)..<Int(end) }
}
