/// Decides what a message is: a new trade, something about an open one, or nothing to trade by.
struct Judge {
    let message: Message
    let defaultInstrument: Instrument?
    private let tone: Message.Tone
    private let instrument: Instrument?

    init(_ message: Message, defaultInstrument: Instrument?) {
        (self.message, self.defaultInstrument) = (message, defaultInstrument)
        (tone, instrument) = (message.tone, message.instrument)
    }

    var meaning: Meaning {
        if tone.isIgnored { return .none(.ignored) }
        let proposal = Proposal(message, instrument: instrument ?? defaultInstrument)
        if proposal.isWhole, !tone.hasHits { return signal(proposal) }
        var instructions = Instructions(message, quoting)
        if proposal.isWhole, !instructions.tellsOfHits { return signal(proposal) }
        if instructions.tellsOfHits, tone.recaps > 0 { return .none(.report) }
        if !instructions.changes.isEmpty {
            // What has a side is the signal again, with what became of it.
            if proposal.side == nil { instructions.addPrices() }
            return update(instructions)
        }
        if proposal.side != nil { return proposes(proposal) ?? signal(proposal) }
        if proposal.isNegated { return .none(.negated) }
        instructions.addPrices()
        return instructions.changes.isEmpty || isTalk ? .none(silence) : update(instructions)
    }

    private var quoting: Quoting { (instrument ?? defaultInstrument)?.quoting ?? .any }

    /// Why a message with a side proposes nothing; nil when it does.
    private func proposes(_ proposal: Proposal) -> Meaning? {
        if tone.adverts > 1 { return .none(.advert) }
        if !proposal.hasGoal {
            if tone.questions > 0 { return .none(.question) }
            if tone.reports + tone.recaps > 0 { return .none(.report) }
        }
        let saysNow = proposal.orderType != nil
        // The less a message says of prices, the less else it may say.
        let most = proposal.hasGoal ? 30 : proposal.hasPrices ? 6 : saysNow ? 3 : 0
        if tone.words > most || !proposal.hasPrices && tone.hasHits { return .none(.chatter) }
        if !proposal.hasPrices, !saysNow, instrument?.isKnown != true { return .none(.noPrices) }
        return nil
    }

    private func signal(_ proposal: Proposal) -> Meaning {
        guard let side = proposal.side, let instrument = proposal.instrument else { return .none(.noSymbol) }
        var signal = Signal(
            symbol: instrument.symbol, market: instrument.market, side: side,
            orderType: proposal.orderType ?? .market, entry: proposal.entry, targets: proposal.targets,
            stopLoss: proposal.stop, leverage: proposal.leverage, timeframe: proposal.timeframe,
            riskReward: proposal.riskReward, confidence: proposal.confidence ?? Ratio(hundredths: 0))
        signal.check(proposal.contradiction, of: instrument, namesSymbol: self.instrument != nil)
        return .signal(signal)
    }

    private func update(_ instructions: Instructions) -> Meaning {
        let symbols = message.symbols
        if symbols.isEmpty, tone.words > 8 { return .none(silence) }
        let subject: Subject =
            if !symbols.isEmpty { .symbols(symbols) } else { instructions.isAboutEverything ? .everything : .unnamed }
        if case .closed(let portion)? = instructions.changes.first, instructions.changes.count == 1 {
            // "Close your eyes" has no other object either.
            if subject == .unnamed, portion == .all, tone.words > 1 { return .none(.chatter) }
            return .close(Close(subject, portion))
        }
        return .update(Update(subject, instructions.changes))
    }

    /// Talk in which a price is named: "BTC target 100000 by the end of the year".
    private var isTalk: Bool {
        tone.words > (tone.hasMoves ? 12 : 2) || tone.questions > 0 || tone.adverts > 1 || tone.recaps > 0
    }

    private var silence: Silence {
        if message.phrases.allSatisfy({ if case .pause = $0.kind { true } else { false } }) { return .chatter }
        if tone.questions > 0 { return .question }
        if tone.adverts > 1 { return .advert }
        if tone.reports + tone.recaps > 0 { return .report }
        return .chatter
    }
}
