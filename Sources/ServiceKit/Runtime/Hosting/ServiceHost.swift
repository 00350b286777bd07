package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP
package import TradewindHTTPClient
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

    /// Handles messages for the service, as a member of the group of its name.
    package func consume(_ subscriptions: [Subscription]) throws {
        try host.consume(service, subscriptions)
    }

    /// Serves what is declared on the service's port, beside health, metrics and traces.
    package func serve(_ api: API, and routes: [Route] = []) throws {
        let edge = Edge(
            authenticate: host.authentication.caller, authorisation: authorisation, clockwork: clockwork,
            trace: { _ in Scope.current?.context }, patience: host.config.http.handlerTimeout)
        try host.serve(service, api.routes(edge, version: Program.version) + routes)
    }
}
