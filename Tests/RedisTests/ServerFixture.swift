import Glibc
import Testing
import TradewindReactor
import TradewindRedis
import TradewindTesting

/// A server for one test alone, and a client on one loop that uses it.
func withRedis(
    isSecured: Bool = false, options: String = "", _ change: (inout RedisSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (RedisServer, RedisClient) async throws -> Void
) async throws {
    guard RedisServer.isInstalled else { try Test.cancel("redis-server is not installed") }
    let server = try await RedisServer.start(isSecured: isSecured, options: options)
    defer { server.stop() }
    var settings = RedisSettings(port: server.port)
    (settings.isSecured, settings.authorities) = (isSecured, isSecured ? server.authority : nil)
    // Under a sanitizer on a busy machine an answer takes longer than a service would wait.
    if soon > .seconds(2) { settings.silence = .seconds(4) }
    change(&settings)
    try await withClient(settings) { try await body(server, $0) }
}

func withClient(
    _ settings: RedisSettings, _ body: @escaping @Sendable (RedisClient) async throws -> Void
) async throws {
    let workers = WorkerPool(threads: 2, queueLimit: 64)
    defer { workers.shutDown() }
    try await withLoops(1) { group in
        let client = RedisClient(on: group, workers: workers, settings: settings)
        defer { client.shutDown() }
        try await Task(executorPreference: group.loops[0]) { try await body(client) }.value
    }
}

extension RedisSettings {
    init(port: UInt16) {
        self.init()
        self.port = port
    }
}

/// Within which callers are told of a fault. Sanitizers make everything several times slower.
let soon: Duration =
    unsafe dlsym(nil, "__tsan_init") == nil && dlsym(nil, "__asan_init") == nil ? .seconds(2) : .seconds(6)

/// The error of `body`, and how long it took to come.
func failure(of body: () async throws -> some Any) async -> (error: (any Error)?, after: Duration) {
    let clock = ContinuousClock(), start = clock.now
    do {
        _ = try await body()
        return (nil, clock.now - start)
    } catch { return (error, clock.now - start) }
}
