// What was understood, for people: the meaning in a line, then the parts of the text that say so, each in a line.

extension Reading {
    package func explanation(of text: String) -> String {
        let bytes = Array(text.utf8)
        let lines = parts.filter { $0.span.upperBound <= bytes.count }.map { part in
            let place = "\(part.span.lowerBound)..<\(part.span.upperBound)".padded(to: 10)
            let words = String(decoding: bytes[part.span], as: UTF8.self).split(whereSeparator: \.isWhitespace)
            return "  \(place) \(part.role.rawValue.padded(to: 12)) \(words.joined(separator: " "))"
        }
        return ([meaning.description] + lines).joined(separator: "\n")
    }
}

extension Meaning: CustomStringConvertible {
    package var description: String {
        switch self {
        case .signal(let signal): "signal  \(signal)" + (signal.reason.map { "\nrejected: \($0)" } ?? "")
        case .update(let update):
            "update  \(update.subject): " + update.changes.map(\.description).joined(separator: ", ")
        case .close(let close): "close  \(close.subject): \(close.portion)"
        case .none(let silence): "none  \(silence)"
        }
    }
}

extension Signal: CustomStringConvertible {
    /// In a form that is a message itself: the parser reads it back.
    package var description: String {
        var words = ["\(side.rawValue) \(symbol)"]
        if orderType != .market { words[0] = "\(side.rawValue) \(orderType.rawValue) \(symbol)" }
        if let entry { words.append("entry \(entry)") }
        for (place, target) in targets.enumerated() { words.append("tp\(place + 1) \(target)") }
        if let stopLoss { words.append("sl \(stopLoss)") }
        if let leverage { words.append("leverage \(leverage)x") }
        if let timeframe { words.append("timeframe \(timeframe)") }
        if let riskReward { words.append("rr \(riskReward)") }
        return (words + ["confidence \(confidence)"]).joined(separator: ", ")
    }
}

extension PriceRange: CustomStringConvertible {
    package var description: String { low == high ? low.description : "\(low) - \(high)" }
}

extension Subject: CustomStringConvertible {
    package var description: String {
        switch self {
        case .symbols(let symbols): symbols.map(\.description).joined(separator: " ")
        case .unnamed: "the signal it answers"
        case .everything: "all open signals"
        }
    }
}

extension Change: CustomStringConvertible {
    package var description: String {
        switch self {
        case .entry(let range): "entry \(range)"
        case .stopLoss(let price): "stop \(price)"
        case .breakEven: "stop to break-even"
        case .targets(let prices): "targets " + prices.map(\.description).joined(separator: " ")
        case .target(let number, let price): "target \(number) \(price)"
        case .targetHit(let number): number.map { "target \($0) hit" } ?? "a target hit"
        case .allTargetsHit: "all targets hit"
        case .stopHit: "stop hit"
        case .cancelled: "cancelled"
        case .closed(let portion): "closed \(portion)"
        }
    }
}

extension Portion: CustomStringConvertible {
    package var description: String { self == .all ? "all" : "\(percent) %" }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
}
