internal import Glibc
internal import TradewindBrokers
internal import TradewindCQRS
package import TradewindHTTP
package import TradewindHTTPClient
package import TradewindHTTPServer
internal import TradewindLocks
internal import TradewindMessaging
internal import TradewindObservability
internal import TradewindPersistence
internal import TradewindReactor
internal import TradewindRedis
package import TradewindSecurity

/// What a program gives to the services it hosts: settings, loops, readiness; and what they add to it: parts.
package final class Host: Sendable {
    package let config: PlatformConfig
    package let readiness = Readiness()
    package let observability: Observability
    private let checks: HealthChecks
    private let settings: [Setting]
    private let loops: EventLoopGroup
    private let workers = WorkerPool(threads: 4, queueLimit: 1024)
    private let address: SocketAddress
    private let parts = Lock<[(phase: Phase, part: any Service)]>([])
    package let authentication: Authentication
    /// One queue for the process: hashing is bounded by its cores.
    package let passwords: PasswordHasher
    let openedBroker = Once<any Broker>()
    let consumers = Lock<[Consumer]>([])
    let keptDatabases = OnceByName<KeptDatabase>()
    private let openedClient = Once<HTTPClient>()
    let openedRedis = Once<RedisClient>()

    /// When parts start; they stop the other way round. Within a phase in the order in which they were added.
    package enum Phase: Int, Sendable {
        case storage, messaging, consuming, publishing, serving
    }

    init(
        _ config: PlatformConfig, loops: EventLoopGroup, settings: [Setting], observability: Observability
    ) async throws {
        (self.config, self.loops, self.settings, self.observability) = (config, loops, settings, observability)
        authentication = config.security.authentication(clockwork: observability.clockwork)
        passwords = PasswordHasher(on: workers)
        checks = HealthChecks(clockwork: observability.clockwork)
        checks.add(.disk(at: "."))
        let name = config.listen.host
        let found = try? await Resolver(workers: workers).addresses(of: name, port: 0).first
        guard let found else { throw ListenFailure("HOST=\(name) is no address of this machine") }
        address = found
    }

    package func add(_ part: any Service, in phase: Phase = .serving) {
        parts.withLock { $0.append((phase, part)) }
    }

    /// What handlers of messages run on.
    var executors: [any TaskExecutor] { loops.loops }

    /// Adds something that has to be there before the program is given work.
    package func check(_ check: HealthCheck) { checks.add(check) }

    /// Serves `routes` on the service's port, beside the health of the process, which every service answers for.
    /// What is `quiet` is counted, but neither traced nor told.
    package func serve(_ service: HostedService, _ routes: [Route], quiet: [Route] = []) throws {
        let health = Health(service: service.name, readiness: readiness, checks: checks, settings: settings)
        let watch = observability.watch(service.name, config.http)
        let told = observability.routes { [authentication] request in
            try authentication.admit(authentication.caller(of: request), to: .service)
        }
        let own = (health.routes + told + quiet).map { watch.watching($0, isQuiet: true) }
        let responder = watch.watching(try config.http.responder(for: routes.map { watch.watching($0) } + own))
        let server = HTTPServer(
            responder, on: loops, limits: ServerLimits(config.http),
            observer: ServerObserver(failed: watch.failed, refused: watch.refused), workers: workers)
        observability.count(server, of: service.name)
        add(
            HTTPPart(
                server: server, address: address.with(port: config.listen.port(of: service)),
                grace: config.http.shutdownGrace, log: observability.log.named(service.name)))
    }

    /// The client of the process, with which its services call others.
    var client: HTTPClient { openedClient.get { HTTPClient(on: loops, workers: workers) } }
    /// A client on the program's loops: whoever asks on a loop is answered there.
    package func client(_ settings: ClientSettings = ClientSettings()) -> HTTPClient {
        HTTPClient(on: loops, workers: workers, settings: settings)
    }

    /// The files of the first of these folders that is there, read by the program's workers.
    package func files(in folders: [String], _ options: StaticFiles.Options) -> StaticFiles? {
        folders.lazy.compactMap { [workers] in try? StaticFiles($0, workers: workers, options: options) }.first
    }

    /// Where the program lies that runs.
    package var programFolder: String? { Folder.ofProgram }

    /// The database of a service, of which nothing is asked yet.
    func open(_ service: HostedService) throws -> any Database {
        try config.database.open(service, on: loops, workers: workers)
    }

    func client(of redis: RedisSettings) -> RedisClient {
        RedisClient(on: loops, workers: workers, settings: redis)
    }

    func openBroker(_ choice: BrokerChoice, database: () throws -> any Database) throws -> any Broker {
        try choice.open(on: loops, workers: workers, database: database)
    }

    func run(drain: Duration) async throws {
        let group = ServiceGroup(
            exporter + inOrder, readiness: readiness, drain: drain,
            report: { [observability] report in
                observability.tell(report)
                if report == .ready { SystemMemory.releaseStartup() }
            },
            halt: { _exit(ExitCode.interrupted.rawValue) })
        let signals = try await watchSignals { group.stop() }
        try await group.run()
        withExtendedLifetime(signals) { workers.shutDown() }
    }

    private var inOrder: [any Service] {
        let parts = parts.withLock(\.self).enumerated()
        return parts.sorted { ($0.element.phase.rawValue, $0.offset) < ($1.element.phase.rawValue, $1.offset) }
            .map(\.element.part)
    }

    /// Starts first and ends last, so that it sends what all others have done.
    private var exporter: [any Service] {
        guard let endpoint = config.tracing.endpoint else { return [] }
        return [
            OTLPExporter(
                to: endpoint, config.tracing.form, queue: observability.spans, client: client(), log: observability.log,
                clockwork: observability.clockwork)
        ]
    }

    /// SIGTERM and SIGINT ask for the end. The others are blocked: SIGHUP has nothing to reopen, SIGPIPE never kills.
    private func watchSignals(_ stop: @escaping @Sendable () -> Void) async throws -> SignalWatch {
        let loop = loops.loops[0]
        return try await loop.run {
            try Signals.watch([Signals.terminate, Signals.interrupt], on: loop) { _ in stop() }
        }
    }
}

/// The HTTP server of one service as a part of the program.
private struct HTTPPart: Service {
    let server: HTTPServer
    let address: SocketAddress
    let grace: Duration
    let log: Log

    var name: String { log.service }

    func run(_ life: Life) async throws {
        do {
            let bound = try await server.listen(on: address)
            log.info("listens", [LogField(.address, "http://\(bound)")])
        } catch let error as SystemError {
            throw ListenFailure("cannot listen on \(address): \(error.reason)")
        }
        life.started()
        await life.stopRequested()
        await server.stop(within: grace)
    }
}

/// An address or port that cannot be had: the settings say where to listen, so they are what must change.
struct ListenFailure: ProgramFailure {
    let lines: [String]
    let exitCode = ExitCode.configuration
    init(_ line: String) { lines = [line] }
}

extension HTTPConfig {
    /// Below a proxy's path the same routes are there a second time: the proxy may take its path off or leave it, and
    /// what asks for health or metrics comes without.
    fileprivate func responder(for routes: [Route]) throws -> any Responder {
        let mounted = basePath == "/" ? [] : routes.map { $0.mounted(below: basePath) }
        let routes = try Routes(routes + mounted)
        return corsOrigins.isEmpty ? routes : CrossOrigin(corsOrigins, around: routes)
    }
}

extension ServerLimits {
    fileprivate init(_ config: HTTPConfig) {
        self.init()
        head = HeadLimits(
            lineBytes: config.maxHead.bytes, fieldBytes: config.maxHead.bytes, fieldCount: config.maxHeaders)
        body = config.maxBody.bytes
        headTimeout = config.headTimeout
        bodyGrace = config.bodyGrace
        bodyBytesPerSecond = config.bodyMinRate.bytes
        stallTimeout = config.writeStall
        idleTimeout = config.idleTimeout
        handlerTimeout = config.handlerTimeout
        connections = config.maxConnections
    }
}
