package import TradewindAPI
internal import TradewindCQRS
package import TradewindDomain
internal import TradewindHTTP
package import TradewindMessaging
package import TradewindPersistence
package import TradewindRepositories

extension SimulatedProgram {
    package typealias Parts = (api: API, subscriptions: [Subscription])

    /// A service as its program puts it together: its store, its relay, its routes and its consumers, over and over.
    ///
    /// - Parameters:
    ///   - members: how many of its consumers share the lanes.
    ///   - compose: what it can be asked and what it listens to.
    package static func service(
        _ name: String, on disk: SimulatedDisk, _ broker: SimulatedBroker, in simulation: Simulation, members: Int = 1,
        _ compose: @escaping @Sendable (Store, Clockwork) throws -> Parts
    ) -> SimulatedProgram {
        SimulatedProgram(name, in: simulation) { life in
            let (database, clockwork) = (SimulatedDatabase(disk, of: life), life.clockwork)
            let client = broker.client(of: life)
            let relay = OutboxRelay(database, to: client, clockwork: clockwork)
            let store = Store(database, of: name, clockwork: clockwork, bell: relay.bell)
            let parts = try compose(store, clockwork)
            let edge = Edge(authenticate: { _ in .anonymous }, authorisation: .off, clockwork: clockwork)
            life.site = try Routes(parts.api.routes(edge)).site
            let consumers = (parts.subscriptions.isEmpty ? [] : Array(1...members)).map { _ in
                Consumer(
                    name, on: client, parts.subscriptions, clockwork: clockwork, executors: [simulation],
                    observer: ConsumerObserver(report: { line in life.note(line) }))
            }
            // What is told before a member has joined waits for it.
            if let topics = consumers.first?.topics { client.announce(name, of: topics) }
            try await withThrowingTaskGroup { group in
                for consumer in consumers { group.addTask { await consumer.run() } }
                group.addTask { try await relay.run() }
                life.atStop {
                    relay.stop()
                    for consumer in consumers { consumer.stop() }
                }
                try await group.waitForAll()
            }
        }
    }
}

extension SimulatedDisk {
    /// A disk with the tables of a service, and those of the platform.
    package static func of(_ schema: MigrationSet) throws -> SimulatedDisk {
        let disk = try SimulatedDisk()
        try Simulation.run(seed: 0) { simulation in
            simulation.weather = .calm
            let migrator = Migrator(SimulatedDatabase(disk, of: Life("migrator", in: simulation)))
            for set in [.messaging(), DatabaseIdempotency.migrations(), schema] {
                try await migrator.migrate(set, at: .noon)
            }
        }
        return disk
    }

    /// How many events are committed and not acknowledged.
    package func pendingEvents() throws -> Int {
        try query("SELECT count(*) FROM outbox").first.map { try $0.decode(0) } ?? 0
    }
}
