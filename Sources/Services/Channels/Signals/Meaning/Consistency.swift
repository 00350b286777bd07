extension Signal {
    /// The first thing that is wrong with it, and what follows from its numbers when nothing is.
    mutating func check(saysBothSides: Bool, isKnown: Bool, namesSymbol: Bool) {
        reason =
            if !isKnown { .unknownSymbol } else if saysBothSides {
                .saysBothSides
            } else if targets.count > Self.mostTargets {
                .tooManyTargets
            } else if leverage.map({ $0 > Self.mostLeverage }) == true {
                .leverageTooHigh
            } else { inconsistencyOfPrices }
        if reason == .tooManyTargets { targets.removeLast(targets.count - Self.mostTargets) }
        if riskReward == nil, reason == nil { riskReward = computedRiskReward }
        if confidence.hundredths == 0 { confidence = completeness(namesSymbol: namesSymbol) }
    }

    private var inconsistencyOfPrices: Inconsistency? {
        guard pricesAreClose else { return .pricesFarApart }
        if let stopLoss {
            let isWrong = entry.map { isBeyond(stopLoss, $0.low) || isBeyond(stopLoss, $0.high) } ?? false
            if isWrong || targets.contains(where: { !isBeyond($0, stopLoss) }) {
                return isWrong ? .stopOnWrongSide : .targetOnWrongSide
            }
        }
        // Of a range the nearer end counts: a target may lie within, but not behind it.
        guard let entry else { return nil }
        let start = side == .buy ? entry.low : entry.high
        return targets.allSatisfy { isBeyond($0, start) } ? nil : .targetOnWrongSide
    }

    /// Whether a price is where the profit lies, seen from another.
    private func isBeyond(_ price: Price, _ other: Price) -> Bool { side == .buy ? price > other : price < other }

    private var pricesAreClose: Bool {
        var (least, most) = (stopLoss ?? entry?.low ?? targets.first, stopLoss ?? entry?.low ?? targets.first)
        func consider(_ price: Price?) {
            guard let price, let low = least, let high = most else { return }
            (least, most) = (min(low, price), max(high, price))
        }
        consider(entry?.low)
        consider(entry?.high)
        for target in targets { consider(target) }
        guard let least, let most else { return true }
        return most.units <= least.units * 10
    }

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
