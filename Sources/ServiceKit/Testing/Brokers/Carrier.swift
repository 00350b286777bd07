internal import TradewindDomain
internal import TradewindEmbedded
package import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRuntime

/// Each broker there is an adapter for. A test that takes one as its argument runs on all of them, with topics and
/// groups that no other test has.
package enum Carrier: String, CaseIterable, Sendable {
    case embedded

    /// Why it cannot be tested on this machine, for the test to say when it skips.
    package var whyMissing: String? { nil }

    /// Runs `body` with a broker, as one process has it.
    package func open(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        switch self {
        case .embedded:
            try await Storage.memory.open { database in
                try await Migrator(database).migrate(EmbeddedBroker.migrations, at: Clockwork.live.now())
                let broker = EmbeddedBroker(deadLetters: database)
                try await body(Site(broker))
                await broker.close()
            }
        }
    }
}

/// A broker for one test.
package struct Site: Sendable {
    package let broker: any Broker
    /// Keeps the names of this test apart from those of others.
    package let suffix: String

    init(_ broker: any Broker) {
        self.broker = broker
        suffix = String(Clockwork.live.newUUID().low, radix: 36)
    }
}
