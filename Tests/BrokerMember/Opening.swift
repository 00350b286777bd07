internal import TradewindBrokers
internal import TradewindDatabases
internal import TradewindDomain
internal import TradewindKafka
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindReactor
internal import TradewindRedis
internal import TradewindRuntime

/// - Parameter address: `host:port` of Kafka, the URL of Redis; the embedded broker has none.
func open(
    _ name: BrokerChoice.Name, at address: String, on loops: EventLoopGroup, _ workers: WorkerPool
) async throws -> any Broker {
    let choice: BrokerChoice =
        switch name {
        case .embedded: .embedded
        case .redis: .redis(try RedisSettings(url: address))
        case .kafka: .kafka(KafkaSettings(address))
        }
    let letters = try DatabaseURL.memory.open(
        DatabaseLimits(connections: 1, statementTimeout: .seconds(30)), on: loops, workers: workers)
    try await Migrator(letters).migrate(BrokerChoice.deadLetters, at: Clockwork.live.now())
    return try choice.open(on: loops, workers: workers) { letters }
}
