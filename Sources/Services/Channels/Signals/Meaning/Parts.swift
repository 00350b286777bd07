extension Part {
    /// The phrases that say something of a trade.
    static func of(_ message: Message) -> [Part] {
        var parts: [Part] = []
        parts.reserveCapacity(message.phrases.count)
        for phrase in message.phrases { if let role = Role(phrase.kind) { parts.append(Part(role, phrase.span)) } }
        return parts
    }
}

extension Part.Role {
    fileprivate init?(_ kind: Phrase.Kind) {
        switch kind {
        case .side: self = .side
        case .order: self = .orderType
        case .symbol(let instrument) where instrument.isKnown: self = .symbol
        case .prices(.entry, _, _), .prices(.at, _, _), .prices(.bare, _, _): self = .entry
        case .prices(.stop, _, _): self = .stopLoss
        case .prices(.target, _, _): self = .target
        case .leverage: self = .leverage
        case .timeframe: self = .timeframe
        case .riskReward: self = .riskReward
        case .confidence: self = .confidence
        case .term(.hit), .term(.check), .term(.stoppedOut): self = .hit
        case .term(.breakEven): self = .breakEven
        case .term(.close), .portion: self = .close
        case .term(.cancel): self = .cancel
        case .term(.ignored): self = .ignored
        default: return nil
        }
    }
}
