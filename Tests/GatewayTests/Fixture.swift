import Gateway
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindHTTPClient
import TradewindHTTPServer
import TradewindLocks
import TradewindMessaging
import TradewindObservability
import TradewindReactor
import TradewindRuntime
import TradewindSecurity
import TradewindTesting

let secret = "a secret that all processes share"
let alice = UUID(v7: 1_749_902_400_000, random: (1, 2))

/// A gateway on a loop of its own, in front of whatever a test puts behind it.
struct Front: Sendable {
    let gateway: GatewayService
    let address: SocketAddress
    let client: HTTPClient
    private let loop: EventLoop

    var url: String { address.url }

    func ask(
        _ method: HTTPMethod = .get, _ path: String, headers: HTTPHeaders = HTTPHeaders(),
        body: ClientRequestBody = .none
    ) async throws -> ClientResponse {
        try await client.send(ClientRequest(method, url + path, headers: headers, body: body))
    }

    /// Says exactly this, and returns all that comes back until the gateway closes.
    func say(_ text: String) async throws -> String {
        let connection = try await connect()
        try await connection.send(text)
        var answer: [UInt8] = []
        do { while true { answer += try await connection.some() } } catch is RawConnection.Ended {}
        connection.socket.close()
        return String(decoding: answer, as: UTF8.self)
    }

    /// With the gateway's own parts at work.
    func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let group = ServiceGroup(gateway.parts, halt: {})
        async let run: Void = group.run()
        do { try await body() } catch {
            group.stop()
            throw error
        }
        group.stop()
        try await run
    }

    func connect() async throws -> RawConnection {
        RawConnection(try await loop.connect(to: [address], timeout: .seconds(60)))
    }

    /// What a gateway of a test is made with.
    struct Making: Sendable {
        var table: [GatewayRoute] = [.init("/api/orders", to: .orders, access: .anyone, bodyLimit: 32 << 20)]
        var settings = GatewaySettings()
        var limit: RateLimit?
        var authRequired = false
        var origins: [String] = []
        var metrics = Metrics()
        var clockwork = Clockwork.live
        var broker: (any Broker)?
        /// Of the dashboard.
        var pages: String?
    }

    static func open(
        at urls: [String], _ change: (inout Making) -> Void = { _ in },
        _ body: @escaping @Sendable (Front) async throws -> Void
    ) async throws {
        try await open([.orders: urls], change, body)
    }

    static func open(
        _ backends: [Backend: [String]], _ change: (inout Making) -> Void = { _ in },
        _ body: @escaping @Sendable (Front) async throws -> Void
    ) async throws {
        var making = Making()
        making.settings.healthInterval = .seconds(3600)
        making.settings.origins = backends.mapValues { $0.compactMap { Address($0)?.origin } }
        change(&making)
        let workers = WorkerPool(threads: 1, queueLimit: 64)
        defer { workers.shutDown() }
        try await withLoops(1) { [making] group in
            let client = HTTPClient(on: group, workers: workers)
            let upstream = HTTPClient(on: group, workers: workers, settings: making.settings.client)
            let gateway = try making.gateway(upstream, workers)
            let routes = try Routes(gateway.routes + gateway.pages)
            let responder: any Responder =
                making.origins.isEmpty ? routes : CrossOrigin(making.origins, around: routes)
            let server = HTTPServer(responder, on: group)
            let address = try await server.listen(on: .loopback)
            let front = Front(gateway: gateway, address: address, client: client, loop: group.loops[0])
            do { try await Task(executorPreference: group.loops[0]) { try await body(front) }.value } catch {
                await server.stop(within: .zero)
                throw error
            }
            await server.stop(within: .zero)
            client.shutDown()
            upstream.shutDown()
        }
    }
}

extension Front.Making {
    func gateway(_ client: HTTPClient, _ workers: WorkerPool) throws -> GatewayService {
        let authentication = Authentication(
            tokens: tokens, apiKeys: APIKeys([("internal", "the key")]), identity: SignedIdentity(secret: secret),
            isRequired: authRequired, clockwork: .live)
        let door = Door(
            authentication, limiter: limit.map { LocalRateLimiter($0, clockwork: clockwork) }, metrics: metrics,
            trustsForwarded: settings.trustsForwarded)
        return try GatewayService(
            table, settings, client: client, door: door, identity: SignedIdentity(secret: secret), apiKey: "the key",
            broker: broker,
            pages: pages.map { try StaticFiles($0, workers: workers, options: Dashboard.options) },
            tracer: Tracer(ratio: 0, seed: 1, clockwork: .live), metrics: metrics, clockwork: clockwork)
    }
}

let tokens = AccessTokens(TokenKeys([TokenKey(secret: secret)]))

func token(_ role: Role) throws -> String {
    try tokens.issue(to: alice, as: role, id: .zero, at: Clockwork.live.now()).token
}

/// Answers with what it was asked: the head as it came, and the body's length.
let echo: Handler = { request in
    var text = "\(request.method) \(request.head.target)\n"
    for (name, value) in request.head.headers { text += "\(name.spelling.lowercased()): \(value)\n" }
    let body = try await request.body.collect()
    return .text(text + "\n" + String(decoding: body, as: UTF8.self))
}

extension ClientResponse {
    /// All of the content as text. With any error: the macros cannot tell a typed one.
    func read() async throws -> String { try await text }
}
