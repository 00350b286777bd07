package import TradewindAPI
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

    private var desks: [Route] {
        let (api, door, gathering) = (api, proxy.door, Gathering(neighbours, clockwork: clockwork))
        let own = api.document(version: Program.version)
        let document = door.guarding(.anyone) { _ in await gathering.document(with: own) }
        return door.routes(of: api, clockwork: clockwork) + DocsPage.routes + [
            .get(DocsPage.document, document), .get("/hello") { _ in .text("Hello, World!") },
        ]
    }

    /// What the gateway answers itself.
    package var api: API {
        let (overview, gathering) = (
            Overview(neighbours, table, metrics: metrics, clockwork: clockwork),
            Gathering(neighbours, clockwork: clockwork)
        )
        return API("Gateway", "All services at a glance, and what waits to be looked at") {
            Endpoint.get("/api/overview", "How each service is doing", access: .signedIn, gives: .raw(.json)) { _ in
                try await overview.report()
            }

            Endpoint.get(
                "/api/traces", "Traces of late, the newest first", access: .role(.admin), asks: TraceFilter.self,
                gives: .raw(.json)
            ) { filter, _ in
                await gathering.traces(filter)
            }

            Endpoint.get(
                "/api/outbox", "What services have committed and not yet told", access: .role(.admin),
                gives: .raw(.json)
            ) { _ in
                try await gathering.outboxes()
            }

            Endpoint.get(
                "/api/events/recent", "Events of late, the newest first", access: .role(.admin),
                asks: EventFilter.self, gives: .raw(.json)
            ) { [hub] filter, _ in
                hub.recent(filter)
            }

            broker.map { DeadLetterDesk(broker: $0, clockwork: clockwork).endpoints } ?? []
        }
    }

    private var neighbours: Neighbours { Neighbours(upstreams: upstreams, client: proxy.client, apiKey: apiKey) }

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
                host.authentication, limiter: host.rateLimiter(),
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
