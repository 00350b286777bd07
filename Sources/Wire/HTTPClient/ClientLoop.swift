internal import TradewindHTTP
internal import TradewindReactor

/// The part of a client that lives on one loop: a request that starts on a loop never leaves it.
///
/// Safety: `@unchecked Sendable` because everything in it is confined to the loop; the client reaches it through tasks
/// of the loop and `EventLoop.execute` only.
final class ClientLoop: @unchecked Sendable {
    let loop: EventLoop
    let settings: ClientSettings
    let waits: Waits
    private let resolver: Resolver
    private let tls: TLSContext
    // Unchecked exclusivity: nothing that is called during an access comes back to the same field.
    @safe @exclusivity(unchecked) private var pools: [Origin: OriginPool] = [:]
    /// Most services ask one other, again and again.
    @safe @exclusivity(unchecked) private var lastPool: OriginPool?
    private var deflater: Deflater?
    private(set) var isShutDown = false

    init(loop: EventLoop, settings: ClientSettings, resolver: Resolver, tls: TLSContext) {
        (self.loop, self.settings, self.resolver, self.tls) = (loop, settings, resolver, tls)
        waits = Waits(settings.timeouts, settings.limits)
    }

    /// The loop's deflater, which serves one WebSocket message after the other; not made before the first one.
    func withDeflater(_ body: (inout Deflater) -> Void, orElse fallback: () -> Void) {
        guard var lent = deflater.take() ?? (try? Deflater.forMessages()) else { return fallback() }
        body(&lent)
        deflater = consume lent
    }

    // MARK: Requests

    func send(_ request: ClientRequest) async throws -> ClientResponse {
        let waits = request.timeouts.map { Waits($0, settings.limits) } ?? waits
        let end = loop.now + waits.total
        let pool = pool(for: request.origin)
        if Task.isCancelled { throw ClientError.cancelled }
        let connection: ClientConnection
        if let idle = pool.idle() { connection = idle } else { connection = try await pool.lease(waits, until: end) }
        do {
            return try await connection.answer(request, waits, until: end)
        } catch ClientError.connectionClosed where connection.mayRetry(request) {
            // RFC 9112 §9.3.1: the server may close an idle connection at any time, so also in this very moment.
            pool.dropIdle()
            return try await pool.lease(waits, until: end).answer(request, waits, until: end)
        }
    }

    // MARK: Connections

    func connect(to origin: Origin, by end: Instant) async throws(ClientError) -> Transport {
        do {
            let addresses = try await resolver.addresses(of: origin.host, port: origin.port, on: loop, by: end)
            let socket = try await loop.connect(to: addresses, timeout: end - loop.now)
            guard origin.scheme == .https else { return Transport(socket) }
            return try await Transport(socket, secured: tls.session(for: origin.host), by: end)
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(whileConnecting: error)
        }
    }

    private func pool(for origin: Origin) -> OriginPool {
        if let lastPool, lastPool.origin == origin { return lastPool }
        if let pool = pools[origin] {
            lastPool = pool
            return pool
        }
        let pool = OriginPool(origin, of: self)
        if isShutDown { pool.shutDown() } else { pools[origin] = pool }
        return pool
    }

    /// Origins come and go: nothing is kept for one without connections.
    func tidy(_ pool: OriginPool) {
        guard pool.isUnused else { return }
        pools[pool.origin] = nil
        if lastPool === pool { lastPool = nil }
    }

    func shutDown() {
        isShutDown = true
        let pools = pools.values
        (self.pools, lastPool) = ([:], nil)
        for pool in pools { pool.shutDown() }
    }

    var counts: (idle: Int, busy: Int) {
        pools.values.reduce((0, 0)) { ($0.0 + $1.idleCount, $0.1 + $1.busyCount) }
    }
}

extension ClientError {
    fileprivate init(whileConnecting error: any Error) {
        switch error {
        case ConnectError.timedOut: self = .connectTimedOut
        case ConnectError.refused(let reason): self = .refused(reason)
        case let reason as SystemError: self = .refused(reason)
        case let error as ResolutionError: self = .resolution(error.reason)
        case ConnectError.noAddress: self = .resolution("no address")
        case is WorkerPool.Overloaded: self = .overloaded
        default: self = .cancelled
        }
    }
}
