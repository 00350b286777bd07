extension Signal {
    /// The first thing that is wrong with it, and what follows from its numbers when nothing is.
    mutating func check(_ contradiction: Inconsistency?, of instrument: Instrument, namesSymbol: Bool) {
        reason = instrument.isKnown ? contradiction ?? inconsistency(of: instrument.quoting) : .unknownSymbol
        targets.removeLast(max(targets.count - Self.mostTargets, 0))
        if riskReward == nil, reason == nil { riskReward = computedRiskReward }
        if confidence.hundredths == 0 { confidence = completeness(namesSymbol: namesSymbol) }
    }

    private func inconsistency(of quoting: Quoting) -> Inconsistency? {
        guard targets.count <= Self.mostTargets else { return .tooManyTargets }
        guard (leverage ?? 0) <= Self.mostLeverage else { return .leverageTooHigh }
        guard pricesAreClose(to: quoting) else { return .pricesFarApart }
        // Of a range the end nearer to the stop: a target may lie within it.
        let start = entry.map { side == .buy ? $0.low : $0.high }
        if let stopLoss, let start, !isBeyond(start, stopLoss) { return .stopOnWrongSide }
        guard let start = start ?? stopLoss else { return nil }
        return targets.allSatisfy { isBeyond($0, start) } ? nil : .targetOnWrongSide
    }

    /// Whether a price is where the profit lies, seen from another.
    private func isBeyond(_ price: Price, _ other: Price) -> Bool { side == .buy ? price > other : price < other }

    /// To each other; and not those of a currency where gold is meant, by default or by mistake.
    private func pricesAreClose(to quoting: Quoting) -> Bool {
        var span = entry
        if let stopLoss { span = span?.including(stopLoss) ?? PriceRange(stopLoss) }
        for target in targets { span = span?.including(target) ?? PriceRange(target) }
        guard let span else { return true }
        return span.high.units <= span.low.units * 10 && (quoting != .large || span.low >= Self.leastOfLarge)
    }

    private static let leastOfLarge = Price(spelt: 100)

    private var computedRiskReward: Ratio? {
        guard let entry, let stopLoss, let target = targets.last else { return nil }
        let middle = (entry.low.units + entry.high.units) / 2
        let risk = (middle - stopLoss.units).magnitude
        let reward = (target.units - middle).magnitude
        guard risk > 0, let hundredths = Int(exactly: (reward * 100 + risk / 2) / risk) else { return nil }
        return Ratio(hundredths: hundredths)
    }

    private func completeness(namesSymbol: Bool) -> Ratio {
        var hundredths = namesSymbol ? 40 : 30
        if entry != nil || orderType == .market { hundredths += 20 }
        if stopLoss != nil { hundredths += 20 }
        if !targets.isEmpty { hundredths += 20 }
        return Ratio(hundredths: hundredths)
    }
}
