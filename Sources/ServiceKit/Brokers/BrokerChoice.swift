internal import TradewindEmbedded
package import TradewindKafka
package import TradewindMessaging
package import TradewindPersistence
package import TradewindReactor
package import TradewindRedis

/// Which broker carries the messages, with what it takes to reach it.
package enum BrokerChoice: Sendable {
    /// In this process.
    case embedded
    case redis(RedisSettings)
    case kafka(KafkaSettings)

    package enum Name: String, CaseIterable, Sendable { case embedded, redis, kafka }

    package var name: Name {
        switch self {
        case .embedded: .embedded
        case .redis: .redis
        case .kafka: .kafka
        }
    }

    /// The one place that knows which adapters there are. Nothing is asked of the broker yet.
    ///
    /// - Parameter database: for the dead letters of the embedded one, which has nothing else to keep them in.
    package func open(
        on loops: EventLoopGroup, workers: WorkerPool, database: () throws -> any Database
    ) throws -> any Broker {
        switch self {
        case .embedded: EmbeddedBroker(deadLetters: try database())
        case .redis(let settings): RedisBroker(RedisClient(on: loops, workers: workers, settings: settings))
        case .kafka(let settings): try KafkaBroker(on: loops, workers: workers, settings: settings)
        }
    }

    /// What that database is for.
    package static let deadLetters = EmbeddedBroker.migrations
}
