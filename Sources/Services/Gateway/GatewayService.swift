internal import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP
package import TradewindHTTPClient
package import TradewindHTTPServer
package import TradewindMessaging
package import TradewindObservability
internal import TradewindResilience
package import TradewindRuntime
package import TradewindSecurity

/// The one door to all services.
package struct GatewayService: Sendable {
    package static let name = "gateway"

    package let upstreams: [Upstream]
    private let proxy: Proxy
    private let table: [GatewayRoute]
    private let settings: GatewaySettings
    private let clockwork: Clockwork
    private let apiKey: String?
    private let broker: (any Broker)?
    private let hub = EventHub()
    private let dashboard: Dashboard
    private let metrics: Metrics

    /// - Parameters:
    ///   - apiKey: for what services tell only each other.
    ///   - broker: whose events are passed on live; nil where there is none to hear of.
    ///   - pages: the dashboard's files, if they are there.
    package init(
        _ table: [GatewayRoute], _ settings: GatewaySettings, client: HTTPClient, door: Door,
        identity: SignedIdentity, apiKey: String?, broker: (any Broker)?, pages: StaticFiles?,
        tracer: Tracer, metrics: Metrics, clockwork: Clockwork
    ) {
        (self.table, self.settings, self.clockwork) = (table, settings, clockwork)
        (self.apiKey, self.broker, self.metrics) = (apiKey, broker, metrics)
        dashboard = Dashboard(files: pages)
        upstreams = settings.origins.filter { !$0.value.isEmpty }.map { backend, origins in
            Upstream(backend, at: origins, clockwork: clockwork)
        }
        proxy = Proxy(
            client: client, door: door,
            fields: ForwardedFields(
                identity: identity, clockwork: clockwork, trustsForwarded: settings.trustsForwarded),
            tracer: tracer, cache: ResponseCache(room: settings.cacheRoom.bytes, metrics: metrics, clockwork: clockwork)
        )
        metrics.read(.gauge, "circuit_state", "0 closed, 1 half open, 2 open") { [upstreams] in
            upstreams.flatMap(\.instances).map { Sample(CircuitLabels(upstream: $0.name), $0.circuitGrade) }
        }
    }

    package var routes: [Route] {
        table.flatMap { route in
            upstreams.filter { $0.backend == route.backend }.flatMap { proxy.routes(for: route, to: $0) }
        } + EventRoutes(hub: hub, door: proxy.door).routes + desks
    }

    /// Forty files make the dashboard: they would drive what was asked of services out of the traces.
    package var pages: [Route] { dashboard.routes }

    /// What the gateway answers itself.
    private var desks: [Route] {
        let neighbours = Neighbours(upstreams: upstreams, client: proxy.client, apiKey: apiKey)
        let (overview, door) = (Overview(neighbours, table, metrics: metrics, clockwork: clockwork), proxy.door)
        let gathering = Gathering(neighbours, clockwork: clockwork)
        return [
            .get("/hello") { _ in .text("Hello, World!") },
            .get("/api/overview", door.guarding(.signedIn) { _ in try await overview.report() }),
            .get("/api/docs/openapi.json", door.guarding(.anyone) { _ in await gathering.document() }),
            .get("/api/traces", door.guarding(.role(.admin)) { await gathering.traces($0) }),
            .get("/api/outbox", door.guarding(.role(.admin)) { _ in try await gathering.outboxes() }),
        ] + (broker.map { DeadLetterDesk(broker: $0, clockwork: clockwork, door: door).routes } ?? [])
    }

    package var parts: [any Service] {
        let health: any Service = HealthWatch(
            upstreams: upstreams, client: proxy.client, clockwork: clockwork, interval: settings.healthInterval)
        return [health] + (broker.map { [EventFeed(hub: hub, broker: $0, clockwork: clockwork)] } ?? [])
    }
}

extension GatewayService {
    package static let hosted = HostedService(name, port: 3005, isFront: true) { env in
        let settings = GatewaySettings(&env)
        return { service in
            let host = service.host
            var settings = settings
            settings.origins = settings.addresses.mapValues { address in
                host.config.listen.urls(of: address).compactMap { Address($0)?.origin }
            }
            let door = Door(
                host.authentication, limiter: host.config.security.localRateLimiter(clockwork: service.clockwork),
                metrics: host.observability.metrics, trustsForwarded: settings.trustsForwarded)
            let gateway = try GatewayService(
                .standard, settings, client: host.client(settings.client), door: door,
                identity: host.config.security.signedIdentity,
                apiKey: host.config.security.apiKeys.first?.revealed, broker: service.broker(),
                pages: host.files(in: settings.frontends(beside: host.programFolder), Dashboard.options),
                tracer: host.observability.tracer,
                metrics: host.observability.metrics, clockwork: service.clockwork)
            for part in gateway.parts { host.add(part) }
            try host.serve(service.service, gateway.routes, quiet: gateway.pages)
        }
    }
}

private struct CircuitLabels: Labels {
    static let names: [StaticString] = ["upstream"]
    let upstream: String
    var values: [String] { [upstream] }
}

extension Instance {
    fileprivate var circuitGrade: Double {
        switch circuit.state {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }
}
