package import TradewindHTTP
package import TradewindHTTPClient
package import TradewindHTTPServer
package import TradewindReactor

// Each test has its own loops, server and client, so that tests run side by side and leave nothing behind.

/// Runs `body` on a loop of its own and takes the loop down afterwards.
@discardableResult
package func withLoop<Result: Sendable>(
    _ body: @escaping @Sendable (EventLoop) async throws -> Result
) async throws -> Result {
    try await withLoops(1) { group in
        let loop = group.loops[0]
        return try await Task(executorPreference: loop) { try await body(loop) }.value
    }
}

@discardableResult
package func withLoops<Result>(
    _ count: Int, _ body: (EventLoopGroup) async throws -> Result
) async throws -> Result {
    let group = try EventLoopGroup(count: count)
    defer { group.shutDown() }
    return try await body(group)
}

/// Serves `handler` on a free port of this machine while `body` runs.
@discardableResult
package func withServer<Result>(
    _ handler: @escaping Handler, limits: ServerLimits = ServerLimits(), at place: SocketAddress = .loopback,
    _ body: (SocketAddress) async throws -> Result
) async throws -> Result {
    try await withServer(HandlerResponder(handler), limits: limits, at: place, body)
}

@discardableResult
package func withServer<Result>(
    _ responder: any Responder, limits: ServerLimits = ServerLimits(), at place: SocketAddress = .loopback,
    _ body: (SocketAddress) async throws -> Result
) async throws -> Result {
    try await withLoops(1) { group in
        let server = HTTPServer(responder, on: group, limits: limits)
        let address = try await server.listen(on: place)
        do {
            let result = try await body(address)
            await server.stop(within: .zero)
            return result
        } catch {
            await server.stop(within: .zero)
            throw error
        }
    }
}

/// Runs `body` on the loop of a client of its own.
@discardableResult
package func withClient<Result: Sendable>(
    _ settings: ClientSettings = ClientSettings(), _ body: @escaping @Sendable (HTTPClient) async throws -> Result
) async throws -> Result {
    let workers = WorkerPool(threads: 1, queueLimit: 64)
    defer { workers.shutDown() }
    return try await withLoops(1) { group in
        let client = HTTPClient(on: group, workers: workers, settings: settings)
        defer { client.shutDown() }
        return try await Task(executorPreference: group.loops[0]) { try await body(client) }.value
    }
}

extension SocketAddress {
    /// A port of this machine that nobody listens on, for tests of what happens then and for programs that must be told
    /// theirs. Somebody else may take it meanwhile.
    package static func free() async throws -> SocketAddress {
        try await withLoop { loop in
            let listener = try Listener(.loopback, on: loop, refusal: []) { _, _ in }
            defer { listener.close() }
            return listener.address
        }
    }

    package var url: String { "http://\(self)" }
}
