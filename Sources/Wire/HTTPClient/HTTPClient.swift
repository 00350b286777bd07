package import TradewindHTTP
package import TradewindReactor

/// An HTTP/1.1 client, one for a process. Each loop has its own connections, so a request that starts on a loop is
/// served there, without a lock or a thread hop.
package final class HTTPClient: Sendable {
    private let group: EventLoopGroup
    private let parts: [ClientLoop]

    /// `workers` look names up.
    package init(on group: EventLoopGroup, workers: WorkerPool, settings: ClientSettings = ClientSettings()) {
        let tls = TLSContext(settings.tls)
        let resolver = Resolver(workers: workers)
        self.group = group
        parts = group.loops.map { ClientLoop(loop: $0, settings: settings, resolver: resolver, tls: tls) }
    }

    /// Sends the request and returns when the response's head is there.
    /// - Throws: `ClientError`, or what the producer of a streamed body threw.
    package func send(_ request: ClientRequest) async throws -> ClientResponse {
        if let part = current {
            guard case .followed(let most) = request.redirects else { return try await part.send(request) }
            return try await part.follow(request, most: most)
        }
        return try await group.next().run { [self] in try await send(request) }
    }

    package func get(_ address: String, headers: HTTPHeaders = HTTPHeaders()) async throws -> ClientResponse {
        try await send(ClientRequest(.get, address, headers: headers))
    }

    package func post(
        _ address: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]
    ) async throws -> ClientResponse {
        try await send(ClientRequest(.post, address, headers: headers, body: .bytes(body)))
    }

    /// Lets the idle connections go and starts nothing more; what is under way ends by itself.
    package func shutDown() {
        for part in parts { part.loop.execute { part.shutDown() } }
    }

    /// Connections of all loops, idle and busy, for metrics and tests.
    package func connections() async -> (idle: Int, busy: Int) {
        var sum = (idle: 0, busy: 0)
        for part in parts {
            let counts = await part.loop.run { part.counts }
            sum = (sum.idle + counts.idle, sum.busy + counts.busy)
        }
        return sum
    }

    private var current: ClientLoop? {
        guard let loop = EventLoop.current, parts.indices.contains(loop.index) else { return nil }
        let part = parts[loop.index]
        return part.loop === loop ? part : nil
    }
}
