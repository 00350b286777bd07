package import TradewindAPI
internal import TradewindBrokers
package import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP
package import TradewindHTTPClient
internal import TradewindJSON
package import TradewindMessaging
package import TradewindObservability
package import TradewindRepositories
package import TradewindSecurity

/// What the host gives to one of its services, and what that adds to it.
package struct ServiceHost: Sendable {
    package let host: Host
    package let service: HostedService

    package var clockwork: Clockwork { host.observability.clockwork }
    package var log: Log { host.observability.log.named(service.name) }
    package var instruments: Instruments { host.observability.instruments(of: service.name) }
    package var authorisation: Authorisation { host.authentication.authorisation }
    package var passwords: PasswordHasher { host.passwords }
    package var security: SecurityConfig { host.config.security }

    package var metrics: Metrics { host.observability.metrics }

    /// Adds something that the service cannot do without, or should be told of.
    package func check(_ check: HealthCheck) { host.check(check) }

    /// A bus whose commands commit on `store`, with all that commands pass on their way.
    package func commands(
        on store: Store, for commands: [any Command.Type],
        @CommandBus<DatabaseWork>.Handlers handlers: () -> [CommandBus<DatabaseWork>.Binding]
    ) throws(Miswiring) -> CommandBus<DatabaseWork> {
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: store.answers,
            unitOfWork: store.work, clockwork: clockwork)
        return try CommandBus(for: commands, behaviours, handlers: handlers)
    }

    package func queries(
        for queries: [any Query.Type], @QueryBus.Handlers handlers: () -> [QueryBus.Binding]
    ) throws(Miswiring) -> QueryBus {
        try QueryBus(
            for: queries, instruments: instruments, authorisation: authorisation, clockwork: clockwork,
            handlers: handlers)
    }

    /// Where another service is found.
    package func urls(of service: ServiceAddress) -> [String] { host.config.listen.urls(of: service) }

    /// Calls another service on behalf of the request that is being answered.
    package var send: @Sendable (ClientRequest) async throws -> ClientResponse {
        let (client, tracer) = (host.client, host.observability.tracer)
        return { try await client.send($0, tracedBy: tracer) }
    }

    /// The service's database, with the parts that keep it going.
    package func store() throws -> Store { try host.store(service) }

    /// Deletes now and then what of the service's own is too old for anybody to ask for.
    package func prune(_ prune: @escaping @Sendable (Timestamp) async throws -> Void) throws {
        try host.prune(service, prune)
    }

    /// Does something again and again, from when the database is there. What fails is tried again the next time.
    package func every(
        _ interval: Duration, _ name: String, _ work: @escaping @Sendable (Timestamp) async throws -> Void
    ) throws {
        try host.every(interval, name, service, work)
    }

    /// A part of the service's own that lives as long as the program.
    package func add(_ part: any Service) { host.add(part) }

    /// What carries messages between services. Nil where it would reach nobody: the embedded one, in a process in which
    /// no service has anything to tell.
    package func broker() throws -> (any Broker)? {
        let config = host.config
        if config.messaging.broker.name == .embedded, config.database.place(of: .messages) == nil { return nil }
        return try host.broker()
    }

    /// Handles messages for the service, as a member of the group of its name. Who wants to can pause it.
    @discardableResult
    package func consume(_ subscriptions: [Subscription]) throws -> Consumer {
        try host.consume(service, subscriptions)
    }

    /// Serves what is declared on the service's port, beside health, metrics and traces.
    package func serve(_ api: API, and routes: [Route] = []) throws {
        let edge = Edge(
            authenticate: host.authentication.caller, authorisation: authorisation, clockwork: clockwork,
            trace: { _ in Scope.current?.context }, patience: host.config.http.handlerTimeout)
        try host.serve(service, api.routes(edge, version: Program.version) + routes + outbox())
    }

    /// `GET /internal/outbox`: what the service has committed and nobody has heard of yet.
    private func outbox() throws -> [Route] {
        guard service.schema != nil else { return [] }
        let (name, outbox) = (service.name, Outbox(try host.keep(service).database))
        return [
            .get("/internal/outbox") { [host] request in
                try host.authentication.admit(host.authentication.caller(of: request), to: .service)
                let now = host.observability.clockwork.now()
                return .bytes(try JSON.encode(try await OutboxRow(name, outbox, at: now)), .json)
            }
        ]
    }
}
