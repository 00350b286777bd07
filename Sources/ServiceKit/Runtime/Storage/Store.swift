internal import TradewindCQRS
internal import TradewindDatabases
internal import TradewindDomain
package import TradewindMessaging
package import TradewindPersistence
internal import TradewindReactor
package import TradewindRepositories

extension Host {
    /// The database of a service, with the parts that keep it going: they migrate it and say so while it is away,
    /// publish what is committed, and forget what is old. To be called before `serve`, so that they start first.
    package func store(_ service: HostedService, publishingTo publisher: any Publisher) throws -> Store {
        let database = try open(service)
        let (config, clockwork, label) = (config.database, Clockwork.live, config.database.label(of: service))
        let report = { @Sendable (line: String) in Console.complain("\(service.name): \(line)") }
        let relay = OutboxRelay(database, to: publisher, clockwork: clockwork, report: report)
        let store = Store(
            database, of: service.name, clockwork: clockwork, bell: relay.bell,
            answers: .init(retention: config.answerRetention))
        let keeper = DatabaseKeeper(
            label: label, service: service, database: database, readiness: readiness, clockwork: clockwork)
        add(keeper)
        add(RelayPart(name: "outbox of \(service.name)", relay: relay, isMigrated: keeper.isMigrated))
        add(
            Pruner(
                name: "pruning of \(service.name)", interval: config.pruneInterval, isMigrated: keeper.isMigrated,
                clockwork: clockwork, report: report
            ) {
                let now = clockwork.now()
                _ = try await Inbox.prune(before: now - config.inboxRetention, in: database)
                _ = try await store.answers.prune(at: now)
            })
        return store
    }
}

extension HostedService {
    /// The tables of the platform, and its own behind them.
    package var migrations: [MigrationSet] {
        guard let schema else { return [] }
        return [.messaging(), DatabaseIdempotency.migrations()] + schema
    }
}

extension DatabaseConfig {
    /// Opens the database of a service, of which nothing is asked yet.
    func open(
        _ service: HostedService, on loops: EventLoopGroup, workers: WorkerPool
    ) throws(ConfigError) -> any Database {
        guard let place = place(of: service) else {
            throw ConfigError(lines: ["\(service.name) has declared no schema, so it has no database"])
        }
        do throws(UnusableDatabaseURL) {
            return try place.open(limits, on: loops, workers: workers)
        } catch {
            throw ConfigError(lines: ["DATABASE_URL of \(service.name): \(error.reason)"])
        }
    }
}
