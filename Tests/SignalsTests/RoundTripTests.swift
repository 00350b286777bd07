import Signals
import Testing

@Suite struct `A signal that is written down` {
    private let parser = SignalParser()

    @Test(arguments: 1...400) func `is read back in every style`(seed: Int) throws {
        var chance = Chance(seed: seed)
        let signal = try Signal.made(by: &chance)
        for style in Style.allCases {
            let text = style.write(signal)
            guard case .signal(var read) = parser.read(text).meaning else {
                Issue.record("no signal: \(text)")
                continue
            }
            // Computed, not written.
            (read.riskReward, read.confidence) = (signal.riskReward, signal.confidence)
            #expect(read == signal, "\(text)")
        }
    }

    @Test(arguments: 401...500) func `is read back from its description, measures included`(seed: Int) throws {
        var chance = Chance(seed: seed)
        var signal = try Signal.made(by: &chance)
        signal.riskReward = Ratio(hundredths: .random(in: 10...900, using: &chance))
        signal.confidence = Ratio(hundredths: .random(in: 1...100, using: &chance))
        #expect(parser.read(signal.description).meaning == .signal(signal), "\(signal)")
    }
}

/// The ways in which the test writes.
private enum Style: CaseIterable {
    case terse, labelled, bulleted, german

    func write(_ signal: Signal) -> String {
        let order = signal.orderType == .market ? "" : " \(signal.orderType)"
        let entry = signal.entry.map { $0.low == $0.high ? "\($0.low)" : "\($0.high)-\($0.low)" }
        let stop = signal.stopLoss.map { "\($0)" }
        let targets = signal.targets.map(\.description)
        let leverage = signal.leverage.map { "\($0)x" } ?? ""
        let timeframe = signal.timeframe.map { "\($0)" } ?? ""
        switch self {
        case .terse:
            return "\(signal.side)\(order) \(signal.symbol) @ \(entry ?? "market") sl \(stop ?? "-") tp "
                + targets.joined(separator: "/") + " \(leverage) \(timeframe)"
        case .labelled:
            let side = signal.orderType != .market ? signal.side.rawValue : signal.side == .buy ? "LONG" : "SHORT"
            let lines = [
                "#\(signal.symbol) \(side)\(order)", "Entry: \(entry ?? "now")", "Stop-loss: \(stop ?? "none")",
            ]
            let goals = targets.enumerated().map { "Target \($0 + 1): \($1)" }
            return (lines + goals + ["Leverage: cross \(leverage)", timeframe]).joined(separator: "\n")
        case .bulleted:
            let goals = targets.enumerated().map { "🎯 \($0 + 1)) \($1)" }
            return "🚀 \(signal.side)\(order) \(signal.symbol) 🚀 \(leverage)\n📌 Entry ➡️ \(entry ?? "market")\n"
                + goals.joined(separator: "\n") + "\n🛑 \(stop ?? "") \(timeframe)"
        case .german:
            let side = signal.side == .buy ? "Kauf" : "Verkauf"
            return "\(side)\(order) \(signal.symbol) Einstieg \(entry ?? "jetzt"), Stopp \(stop ?? "offen"), Ziele "
                + targets.joined(separator: " und ") + ", Hebel \(leverage), \(timeframe)"
        }
    }
}

extension Signal {
    /// One without contradictions, at any scale.
    fileprivate static func made(by chance: inout Chance) throws -> Signal {
        let side = chance.pick(Side.allCases)
        // 43.250 bitcoins' dollars are thousands, so what is never below a thousand is not written so.
        let (name, market, scales) = chance.pick([
            ("BTCUSDT", Market.crypto, 0...1), ("PEPEUSDT", .crypto, 0...9), ("EURUSD", .forex, 0...9),
            ("USDJPY", .forex, 0...9), ("XAUUSD", .metals, 0...1), ("US30", .index, 0...1), ("AAPL", .stocks, 0...9),
        ])
        let scale = Int.random(in: scales, using: &chance)
        // From the first step on all prices lie on the side of the profit.
        let middle = Int64.random(in: 20_000...900_000, using: &chance)
        func price(_ steps: Int64) throws -> Price {
            try #require(Price(middle + (side == .buy ? steps : -steps) * middle / 400, scale: scale))
        }
        let entry = Bool.random(using: &chance) ? PriceRange(try price(0)) : PriceRange(try price(0), try price(2))
        let targets = try (0..<Int64.random(in: 1...6, using: &chance)).map { try price(10 + 7 * $0) }
        return Signal(
            symbol: try Symbol(name), market: market, side: side, orderType: chance.pick(OrderType.allCases),
            entry: entry, targets: targets, stopLoss: try price(-12),
            leverage: Bool.random(using: &chance) ? .random(in: 2...125, using: &chance) : nil,
            timeframe: Bool.random(using: &chance) ? Timeframe(minutes: chance.pick([5, 15, 60, 240, 1_440])) : nil)
    }
}
