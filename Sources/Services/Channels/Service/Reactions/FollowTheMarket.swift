internal import ChannelsContracts
internal import Signals
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories

extension Subscription {
    /// Prices hit targets and stops. Without an inbox: a price that comes again is not newer than what is known.
    static func followTheMarket(_ store: Store, _ clockwork: Clockwork) -> Subscription {
        .on(MarketPrice.self) { received in
            let price = received.event
            let quote = Quote(bid: price.bid, ask: price.ask)
            try await store.work { work in
                let news = try await work.query(
                    """
                    INSERT INTO prices (symbol, quote, at)
                    VALUES (\(price.symbol.description), \(try JSONText(quote)), \(price.at))
                    ON CONFLICT (symbol) DO UPDATE SET quote = excluded.quote, at = excluded.at
                    WHERE prices.at < excluded.at RETURNING symbol
                    """)
                guard !news.isEmpty else { return }
                for (signal, _) in try await work.openSignals("s.symbol = \(price.symbol.description) ORDER BY s.id") {
                    var signal = signal
                    let events = signal.see(quote, at: clockwork.now())
                    try work.keep(signal, events, for: received.request)
                }
            }
        }
    }
}
