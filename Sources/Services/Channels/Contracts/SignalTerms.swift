package import Signals

/// What a signal proposes to trade. Its members stand among those of what bears it; what it does not say is null.
package struct SignalTerms: Codable, Hashable, Sendable {
    package let symbol: Symbol, market: Market, side: Side, orderType: OrderType
    package var entry: PriceRange?, targets: [Price], stopLoss: Price?
    package let leverage: Int?, timeframe: Timeframe?, riskReward: Ratio?, confidence: Ratio

    package init(
        symbol: Symbol, market: Market, side: Side, orderType: OrderType, entry: PriceRange?, targets: [Price],
        stopLoss: Price?, leverage: Int?, timeframe: Timeframe?, riskReward: Ratio?, confidence: Ratio
    ) {
        (self.symbol, self.market, self.side, self.orderType) = (symbol, market, side, orderType)
        (self.entry, self.targets, self.stopLoss) = (entry, targets, stopLoss)
        (self.leverage, self.timeframe, self.riskReward) = (leverage, timeframe, riskReward)
        self.confidence = confidence
    }

    private enum CodingKeys: CodingKey {
        case symbol, market, side, orderType, entry, targets, stopLoss, leverage, timeframe, riskReward, confidence
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(symbol, forKey: .symbol)
        try container.encode(market, forKey: .market)
        try container.encode(side, forKey: .side)
        try container.encode(orderType, forKey: .orderType)
        try container.encode(entry, forKey: .entry)
        try container.encode(targets, forKey: .targets)
        try container.encode(stopLoss, forKey: .stopLoss)
        try container.encode(leverage, forKey: .leverage)
        try container.encode(timeframe, forKey: .timeframe)
        try container.encode(riskReward, forKey: .riskReward)
        try container.encode(confidence, forKey: .confidence)
    }
}
