package import Signals
internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging

/// What somebody pays and somebody asks for it at a moment. Told by whoever watches a market: today the command
/// `replay-prices`, later a service of its own, which this contract will then move to.
package struct MarketPrice: IntegrationEvent, Equatable {
    package static let name: EventName = "market.price"
    package let symbol: Symbol, bid: Price, ask: Price
    package let at: Timestamp
    package var subject: String { symbol.description }

    package init(symbol: Symbol, bid: Price, ask: Price, at: Timestamp) {
        (self.symbol, self.bid, self.ask, self.at) = (symbol, bid, ask, at)
    }
}
