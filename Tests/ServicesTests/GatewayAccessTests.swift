import Gateway
import Testing
internal import TradewindAPI
import TradewindCQRS
internal import TradewindHTTP
internal import TradewindHTTPClient
import TradewindObservability
import TradewindRuntime
import TradewindSecurity
import TradewindTesting

@Suite struct `Every way through the gateway` {
    /// Something that it answers or passes on, and who may ask for it.
    private struct Way: CustomStringConvertible {
        let method: HTTPMethod, target: String, access: Access
        var description: String { "\(method) \(target)" }
    }

    @Test func `lets in whom it declares, by every credential there is`() async throws {
        try await withGateway { gateway, site in
            let credentials = try Credential.all()
            for way in ways(of: gateway) {
                for credential in credentials {
                    let answer = try await site.send(way.method, way.target, headers: credential.headers)
                    let what = "\(way) with \(credential): \(answer.status)"
                    switch refusal(way.access, credential) {
                    case let refusal?: #expect(answer.status == refusal, "\(what)")
                    case nil: #expect(![.unauthorized, .forbidden].contains(answer.status), "\(what)")
                    }
                    if answer.status == .unauthorized { #expect(answer[.wwwAuthenticate] != nil, "\(what)") }
                    #expect(answer.status != .internalServerError && answer.status != .methodNotAllowed, "\(what)")
                }
            }
        }
    }

    /// All that the tables and declarations have, and the two that stand beside them.
    private func ways(of gateway: GatewayService) -> [Way] {
        let table = [GatewayRoute].standard.flatMap { route in
            GatewayRoute.methods.map {
                Way(method: $0, target: route.prefix + "/x", access: route.access(by: $0))
            }
        }
        let own = gateway.api.endpoints.map {
            Way(method: $0.method, target: $0.template.replacing(":letter", with: "x"), access: $0.access)
        }
        // More topics than anybody may have are refused, behind the door: a stream would have no end.
        let topics = (0...64).map { "t\($0)" }.joined(separator: ",")
        let live = ["/ws", "/api/stream?topics=\(topics)"].map { Way(method: .get, target: $0, access: .signedIn) }
        #expect(table.count > 40 && own.count >= 4)
        return table + own + live
    }

    private func withGateway(
        _ body: @escaping @Sendable (GatewayService, TestSite) async throws -> Void
    ) async throws {
        try await withServer({ _ in .text("behind") }) { service in
            let origin = try #require(Address(service.url)?.origin)
            try await withClient { client in
                var settings = GatewaySettings()
                for backend in Backend.allCases { settings.origins[backend] = [origin] }
                let metrics = Metrics()
                let gateway = GatewayService(
                    .standard, settings, client: client,
                    door: Door(Credential.authentication, limiter: nil, metrics: metrics),
                    identity: SignedIdentity(secret: "x"), apiKey: nil, broker: nil, pages: nil,
                    tracer: Tracer(ratio: 0, seed: 1, clockwork: .live), metrics: metrics, clockwork: .live)
                try await Routes(gateway.routes).serve(via: .socket) { site in try await body(gateway, site) }
            }
        }
    }
}
