/// What a message says that a new trade is made of, taken from its phrases.
struct Proposal {
    private(set) var side: Side?
    /// It says a side, and not to take it.
    private(set) var isNegated = false
    private(set) var instrument: Instrument?
    private(set) var orderType: OrderType?
    /// Labelled as entry; behind "at", a side or a symbol.
    private var labelled: PriceRange?, loose: PriceRange?
    /// Before the side, where also the price of now stands; between side and symbol, where a quantity does.
    private var vague: PriceRange?, quantity: PriceRange?
    private(set) var stop: Price?
    private(set) var targets: [Price] = []
    private(set) var leverage: Int?
    private(set) var timeframe: Timeframe?
    private(set) var riskReward: Ratio?
    private(set) var confidence: Ratio?

    /// The place of the last "not".
    private var negation = -10
    /// A word that sets the entry above or below the price of now.
    private var bound: Term?
    /// Something else to trade than the first; a side or a stop after the first; a side against the first.
    private var namesAnother = false, saysAgain = false, saysBothSides = false
    /// What the phrases of the message refer to.
    private let message: Message

    var hasGoal: Bool { stop != nil || !targets.isEmpty }
    var entry: PriceRange? { labelled ?? loose ?? vague ?? (hasGoal ? quantity : nil) }
    var hasPrices: Bool { entry != nil || hasGoal }
    /// Side, stop, and an entry or targets: nobody writes so by chance.
    var isWhole: Bool { side != nil && stop != nil && (entry != nil || !targets.isEmpty) }

    /// What keeps the message from being one signal.
    var contradiction: Inconsistency? {
        namesAnother && saysAgain ? .severalSignals : saysBothSides ? .saysBothSides : nil
    }

    init(_ message: Message, instrument: Instrument?) {
        (self.message, self.instrument) = (message, instrument)
        quoting = instrument?.quoting ?? .any
        for place in message.phrases.indices { take(message.phrases[place].kind, at: place) }
        if side == nil { inferSide() }
        if orderType == nil, entry != nil { orderType = orderTypeOfBound }
    }

    private mutating func take(_ kind: Phrase.Kind, at place: Int) {
        switch kind {
        case .side(let side): take(side, at: place)
        case .symbol(let other): namesAnother = namesAnother || other.isKnown && other.symbol != instrument?.symbol
        case .order(let type): if orderType == nil || orderType == .market { orderType = type }
        case .prices(let label, _, let range): take(range, of: label, at: place)
        case .leverage(let value): leverage = leverage ?? value
        case .timeframe(let value): timeframe = timeframe ?? value
        case .riskReward(let value): riskReward = riskReward ?? value
        case .confidence(let value): confidence = confidence ?? value
        case .term(.not): negation = place
        case .term(let term) where term == .above || term == .below || term == .beyond: bound = bound ?? term
        case .pause: negation = -10
        default: break
        }
    }

    private mutating func take(_ side: Side, at place: Int) {
        if place - negation <= 3 {
            isNegated = true
            return
        }
        guard let first = self.side else {
            self.side = side
            return
        }
        // "Buy/Long" is one.
        if !message.isSide(place - 1) { saysAgain = true }
        guard first != side else { return }
        // "Buy 0.25, sell 0.28 0.30": the other side with prices says where to take the profit.
        if let range = message.unlabelled(place + 1), entry != nil, targets.isEmpty {
            targets = message.prices(range, quoting)
        } else {
            saysBothSides = true
        }
    }

    private mutating func take(_ range: Range<Int>, of label: Phrase.Label, at place: Int) {
        guard !range.isEmpty else { return }
        switch label {
        case .target: targets += message.prices(range, quoting)
        case .stop:
            if stop != nil { saysAgain = true }
            stop = stop ?? message.prices(range, quoting).first
        case .entry: labelled = message.range(range, quoting, with: labelled)
        case .at, .bare:
            let found = message.range(range, quoting, with: nil)
            if side == nil {
                vague = vague ?? found
            } else if label == .bare, message.isSide(place - 1), message.isSymbol(place + 1) {
                quantity = quantity ?? found
            } else {
                loose = loose ?? found
            }
        }
    }

    private let quoting: Quoting

    /// Entry, stop and targets say the side when no word does.
    private mutating func inferSide() {
        guard !isNegated, let labelled, let stop, let target = targets.first else { return }
        if stop < labelled.low, target > labelled.low { side = .buy }
        if stop > labelled.high, target < labelled.high { side = .sell }
    }

    private var orderTypeOfBound: OrderType? {
        switch (side, bound) {
        case (.buy, .above), (.sell, .below), (_, .beyond): .stop
        case (.buy, .below), (.sell, .above): .limit
        default: nil
        }
    }
}
