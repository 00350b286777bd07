internal import TradewindDomain
internal import TradewindEmbedded
internal import TradewindKafka
package import TradewindMessaging
internal import TradewindPersistence
internal import TradewindReactor
internal import TradewindRedis
internal import TradewindRuntime

/// Each broker there is an adapter for. A test that takes one as its argument runs on all of them, with topics and
/// groups that no other test has.
package enum Carrier: String, CaseIterable, Sendable {
    case embedded, redis, kafka

    /// Why it cannot be tested on this machine, for the test to say when it skips.
    package func whyMissing() async throws -> String? {
        switch self {
        case .embedded: return nil
        case .redis: return RedisServer.isInstalled ? nil : "Redis is not installed"
        case .kafka:
            if let why = KafkaServer.whyUnusable { return why }
            // librdkafka's imitation ends the process when a second member joins a group.
            return try await KafkaServer.forAll().isReal ? nil : "there is no Kafka (KAFKA_BROKERS, TRADEWIND_KAFKA)"
        }
    }

    /// Runs `body` with a broker, as one process has it.
    package func open(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        switch self {
        case .embedded:
            try await Storage.memory.open { database in
                try await Migrator(database).migrate(EmbeddedBroker.migrations, at: Clockwork.live.now())
                try await use(EmbeddedBroker(deadLetters: database), at: "", body)
            }
        case .redis:
            let server = try await RedisServer.start()
            defer { server.stop() }
            try await onLoops { loops, workers in
                var settings = RedisSettings()
                settings.port = server.port
                settings.silence = .seconds(30)
                let broker = RedisBroker(RedisClient(on: loops, workers: workers, settings: settings))
                try await use(broker, at: server.url, body)
            }
        case .kafka:
            let server = try await KafkaServer.forAll()
            try await onLoops { loops, workers in
                var settings = KafkaSettings(server.brokers)
                // These tests say what happens, not how fast.
                (settings.silence, settings.patience) = (.seconds(30), .seconds(30))
                let broker = try KafkaBroker(on: loops, workers: workers, settings: settings)
                try await use(broker, at: server.brokers, body)
            }
        }
    }

    func use(
        _ broker: any Broker, at address: String, _ body: @escaping @Sendable (Site) async throws -> Void
    ) async throws {
        do { try await body(Site(broker, at: address)) } catch {
            await broker.close()
            throw error
        }
        await broker.close()
    }

    func onLoops(_ body: @escaping @Sendable (EventLoopGroup, WorkerPool) async throws -> Void) async throws {
        let workers = WorkerPool(threads: 2, queueLimit: 64)
        defer { workers.shutDown() }
        try await withLoops(1) { loops in
            try await Task(executorPreference: loops.loops[0]) { try await body(loops, workers) }.value
        }
    }
}

/// A broker for one test.
package struct Site: Sendable {
    package let broker: any Broker
    /// For other programs; empty where they cannot reach it.
    package let address: String
    /// Keeps the names of this test apart from those of others.
    package let suffix: String

    init(_ broker: any Broker, at address: String) {
        (self.broker, self.address) = (broker, address)
        suffix = String(Clockwork.live.newUUID().low, radix: 36)
    }
}
