import Signals

extension Reading {
    /// The words of the corpus, whose README says what they mean.
    func brief(riskReward: Bool = false, confidence: Bool = false) -> String {
        switch meaning {
        case .signal(let signal): signal.brief(showing: (riskReward, confidence))
        case .update(let update):
            "update \(update.subject.brief): " + update.changes.map(\.brief).joined(separator: ", ")
        case .close(let close): "close \(close.subject.brief) \(close.portion.percent)"
        case .none(let silence): "none \(silence.rawValue)"
        }
    }
}

extension Signal {
    fileprivate func brief(showing: (riskReward: Bool, confidence: Bool)) -> String {
        var words = ["\(side)"] + (orderType == .market ? [] : ["\(orderType)"]) + ["\(symbol)"]
        if let entry { words.append("entry \(entry.brief)") }
        if !targets.isEmpty { words.append("tp " + targets.brief) }
        if let stopLoss { words.append("sl \(stopLoss)") }
        if let leverage { words.append("x\(leverage)") }
        if let timeframe { words.append("tf \(timeframe)") }
        if let riskReward, showing.riskReward { words.append("rr \(riskReward)") }
        if showing.confidence { words.append("conf \(confidence.hundredths)") }
        if let reason { words.append("!\(reason.rawValue)") }
        return words.joined(separator: " ")
    }
}

extension PriceRange {
    fileprivate var brief: String { low == high ? "\(low)" : "\(low)-\(high)" }
}

extension [Price] {
    fileprivate var brief: String { map(\.description).joined(separator: " ") }
}

extension Subject {
    fileprivate var brief: String {
        switch self {
        case .symbols(let symbols): symbols.map(\.description).joined(separator: " ")
        case .unnamed: "-"
        case .everything: "*"
        }
    }
}

extension Change {
    fileprivate var brief: String {
        switch self {
        case .entry(let range): "entry \(range.brief)"
        case .stopLoss(let price): "sl \(price)"
        case .breakEven: "be"
        case .targets(let prices): "tp \(prices.brief)"
        case .target(let number, let price): "tp\(number) \(price)"
        case .targetHit(let number): "tp\(number.map { "\($0)" } ?? "") hit"
        case .allTargetsHit: "all hit"
        case .stopHit: "sl hit"
        case .cancelled: "cancel"
        case .closed(let portion): "close \(portion.percent)"
        }
    }
}
