internal import TradewindCQRS
internal import TradewindDatabases
internal import TradewindDomain
package import TradewindMessaging
internal import TradewindObservability
package import TradewindPersistence
internal import TradewindReactor
package import TradewindRepositories

/// A database that is looked after.
struct KeptDatabase: Sendable {
    let database: any Database
    /// Open when its schema is up to date.
    let isMigrated: Latch
}

extension Host {
    /// The database of a service, with the part that migrates it and says so while it is away.
    ///
    /// - Parameter isPlatform: whether the tables of the platform belong to it.
    func keep(_ service: HostedService, isPlatform: Bool = true) throws -> KeptDatabase {
        try keptDatabases.get(service.name) {
            let database = try ObservedDatabase(open(service), observability)
            let keeper = DatabaseKeeper(
                label: config.database.label(of: service), migrations: service.migrations(withPlatform: isPlatform),
                database: database, readiness: readiness, clockwork: observability.clockwork)
            add(keeper, in: .storage)
            check(.database(keeper))
            observability.count(database, of: service.name)
            return KeptDatabase(database: database, isMigrated: keeper.isMigrated)
        }
    }

    /// What a service keeps its state with, and the parts that publish what is committed and forget what is old.
    func store(_ service: HostedService) throws -> Store {
        try store(service, publishingTo: broker())
    }

    package func store(_ service: HostedService, publishingTo publisher: any Publisher) throws -> Store {
        let kept = try keep(service)
        let (config, clockwork) = (config.database, observability.clockwork)
        let log = observability.log.named(service.name)
        let report = { @Sendable (line: String) in log.warning("storage is held up", [LogField(.error, line)]) }
        let watched = WatchedPublisher(
            publisher, of: service.name, observability.metrics, observability.tracer)
        let relay = OutboxRelay(kept.database, to: watched, clockwork: clockwork, report: report)
        let outbox = Outbox(kept.database)
        observability.count(outbox, of: service.name)
        check(.lag(of: outbox, of: service.name, atMost: config.outboxLag, clockwork: clockwork))
        let store = Store(
            kept.database, of: service.name, clockwork: clockwork, bell: relay.bell,
            answersFor: config.answerRetention)
        add(
            RelayPart(name: "outbox of \(service.name)", relay: relay, isMigrated: kept.isMigrated), in: .publishing)
        try prune(service) { now in
            _ = try await Inbox.prune(before: now - config.inboxRetention, in: kept.database)
            _ = try await store.answers.prune(at: now)
        }
        return store
    }

    /// Deletes now and then what is too old, as `prune` says, from the database of the service.
    func prune(_ service: HostedService, _ prune: @escaping @Sendable (Timestamp) async throws -> Void) throws {
        try every(config.database.pruneInterval, "pruning", service, prune)
    }

    func every(
        _ interval: Duration, _ name: String, _ service: HostedService,
        _ work: @escaping @Sendable (Timestamp) async throws -> Void
    ) throws {
        let (clockwork, log) = (observability.clockwork, observability.log.named(service.name))
        add(
            Routine(
                name: "\(name) of \(service.name)", interval: interval, isMigrated: try keep(service).isMigrated,
                clockwork: clockwork, report: { log.warning("a routine is held up", [LogField(.error, $0)]) }
            ) { try await work(clockwork.now()) }, in: .publishing)
    }
}

extension HealthCheck {
    fileprivate static func database(_ keeper: DatabaseKeeper) -> HealthCheck {
        HealthCheck(keeper.label) {
            do throws(DatabaseError) { try await keeper.database.ping() } catch .poolExhausted {
                return  // busy, so it is there
            } catch { throw HealthFault(error.reason) }
            guard keeper.isMigrated.isOpen else { throw HealthFault("its tables are not made yet") }
        }
    }

    /// Others hear late of what happens here. Work can go on: that is what an outbox is for.
    fileprivate static func lag(
        of outbox: Outbox, of service: String, atMost most: Duration, clockwork: Clockwork
    ) -> HealthCheck {
        HealthCheck("outbox of \(service)", isVital: false) {
            // Of a database that is away its own check tells.
            guard let status = try? await outbox.status(), let oldest = status.oldest else { return }
            let age = clockwork.now() - oldest
            guard age <= most else {
                throw HealthFault("events waiting: \(status.pending), the oldest for \(age.components.seconds) s")
            }
        }
    }
}

extension ObservedDatabase {
    fileprivate init(_ database: any Database, _ observability: Observability) {
        self.init(
            database, metrics: observability.metrics, tracer: observability.tracer,
            clockwork: observability.clockwork)
    }
}

extension HostedService {
    /// The tables of the platform, and its own behind them.
    package var migrations: [MigrationSet] { migrations(withPlatform: true) }

    func migrations(withPlatform isPlatform: Bool) -> [MigrationSet] {
        guard let schema else { return [] }
        return (isPlatform ? [.messaging(), DatabaseIdempotency.migrations()] : []) + schema
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
