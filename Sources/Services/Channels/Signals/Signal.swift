/// A trade that a message proposes.
package struct Signal: Hashable, Sendable {
    package var symbol: Symbol, market: Market
    package var side: Side
    package var orderType: OrderType
    package var entry: PriceRange?
    /// In the order of the message.
    package var targets: [Price]
    package var stopLoss: Price?
    package var leverage: Int?
    package var timeframe: Timeframe?
    /// As the message says; else computed from entry, stop and the last target, when all are there.
    package var riskReward: Ratio?
    /// 0...1. As the message says; else what of a signal it has: symbol, side, entry, stop, targets, a fifth each.
    package var confidence: Ratio
    /// Why it must not be published. Nil when it may.
    package var reason: Inconsistency?

    package init(
        symbol: Symbol, market: Market, side: Side, orderType: OrderType = .market,
        entry: PriceRange? = nil,
        targets: [Price] = [], stopLoss: Price? = nil, leverage: Int? = nil,
        timeframe: Timeframe? = nil,
        riskReward: Ratio? = nil, confidence: Ratio = Ratio(hundredths: 0), reason: Inconsistency? = nil
    ) {
        (self.symbol, self.market, self.side, self.orderType) = (symbol, market, side, orderType)
        (self.entry, self.targets, self.stopLoss) = (entry, targets, stopLoss)
        (self.leverage, self.timeframe) = (leverage, timeframe)
        (self.riskReward, self.confidence, self.reason) = (riskReward, confidence, reason)
    }
}

package enum Side: String, Codable, CaseIterable, Sendable { case buy, sell }

package enum OrderType: String, Codable, CaseIterable, Sendable { case market, limit, stop }

/// What is wrong with a signal that can be read and must not be followed.
package enum Inconsistency: String, Codable, CaseIterable, Sendable, CustomStringConvertible {
    case stopOnWrongSide = "stop-on-wrong-side"
    case targetOnWrongSide = "target-on-wrong-side"
    case pricesFarApart = "prices-far-apart"
    case unknownSymbol = "unknown-symbol"
    case saysBothSides = "says-both-sides"
    case severalSignals = "several-signals"
    case leverageTooHigh = "leverage-too-high"
    case tooManyTargets = "too-many-targets"

    package var description: String {
        switch self {
        case .stopOnWrongSide: "the stop lies where the profit should be"
        case .targetOnWrongSide: "a target lies where the loss would be"
        case .pricesFarApart: "the prices are not those of one thing, or not of this one"
        case .unknownSymbol: "nothing is known that is called so"
        case .saysBothSides: "the message says buy and sell"
        case .severalSignals: "the message has more than one signal"
        case .leverageTooHigh: "the leverage is above \(Signal.mostLeverage)"
        case .tooManyTargets: "there are more than \(Signal.mostTargets) targets"
        }
    }
}

extension Signal {
    package static let mostTargets = 20
    package static let mostLeverage = 500
}
