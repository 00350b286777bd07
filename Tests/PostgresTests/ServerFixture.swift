import Glibc
import Testing
import TradewindPersistence
import TradewindPostgres
import TradewindReactor
import TradewindTesting

/// A server for one test alone, and a database on one loop that uses it.
func withServer(
    isStarted: Bool = true, _ change: (inout PostgresSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (PostgresServer, PostgresDatabase) async throws -> Void
) async throws {
    guard PostgresServer.isInstalled else { try Test.cancel("PostgreSQL is not installed") }
    let server = try await PostgresServer.start()
    defer { server.stop() }
    if !isStarted { try await server.kill() }
    var settings = PostgresSettings(server.connection)
    settings.connections = 4
    change(&settings)
    try await withDatabase(settings) { try await body(server, $0) }
}

func withDatabase(
    _ settings: PostgresSettings, _ body: @escaping @Sendable (PostgresDatabase) async throws -> Void
) async throws {
    let workers = WorkerPool(threads: 2, queueLimit: 64)
    defer { workers.shutDown() }
    try await withLoops(1) { group in
        let database = PostgresDatabase(on: group, workers: workers, settings: settings)
        defer { database.shutDown() }
        try await Task(executorPreference: group.loops[0]) { try await body(database) }.value
    }
}

/// Within which callers are told of a fault. Sanitizers make everything several times slower.
let soon: Duration =
    unsafe dlsym(nil, "__tsan_init") == nil && dlsym(nil, "__asan_init") == nil ? .seconds(2) : .seconds(6)

/// The error of `body`, and how long it took to come.
func failure(of body: () async throws(DatabaseError) -> some Any) async -> (error: DatabaseError?, after: Duration) {
    let clock = ContinuousClock(), start = clock.now
    do {
        _ = try await body()
        return (nil, clock.now - start)
    } catch { return (error, clock.now - start) }
}
