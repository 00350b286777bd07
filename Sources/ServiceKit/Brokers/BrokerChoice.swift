internal import TradewindEmbedded
package import TradewindMessaging
package import TradewindPersistence

/// Which broker carries the messages, with what it needs to be reached.
package enum BrokerChoice: Sendable {
    /// In this process.
    case embedded

    package enum Name: String, CaseIterable, Sendable { case embedded, redis, kafka }

    package var name: Name {
        switch self {
        case .embedded: .embedded
        }
    }

    /// The one place that knows which adapters there are. Nothing is asked of the broker yet.
    ///
    /// - Parameter database: for the dead letters of the embedded one, which has nothing else to keep them in.
    package func open(database: () throws -> any Database) throws -> any Broker {
        switch self {
        case .embedded: EmbeddedBroker(deadLetters: try database())
        }
    }

    /// What that database is for.
    package static let deadLetters = EmbeddedBroker.migrations
}
