internal import TradewindPersistence
internal import TradewindPostgres
internal import TradewindReactor

/// One server for all tests of this process, and a database in it for each test.
actor SharedPostgres {
    private static let shared = SharedPostgres()
    private var server: Task<PostgresServer, any Error>?
    private var number = 0

    private func next() async throws -> (PostgresServer, Int) {
        let server = server ?? Task { try await PostgresServer.start(options: "-c max_connections=300") }
        self.server = server
        number += 1
        let own = number
        return (try await server.value, own)
    }

    static func use(_ body: @escaping @Sendable (any Database) async throws -> Void) async throws {
        let (server, number) = try await shared.next()
        let name = "test\(number)"
        try await withDatabase(server.connection) {
            try await $0.run(SQLScript(embedded: Array("CREATE DATABASE \(name)".utf8)))
        }
        try await withDatabase("\(server.connection) dbname=\(name)", body)
    }

    private static func withDatabase(
        _ connection: String, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        let workers = WorkerPool(threads: 2, queueLimit: 64)
        defer { workers.shutDown() }
        try await withLoops(1) { group in
            var settings = PostgresSettings(connection)
            // A contract says what happens, not how fast: sanitizers are slow.
            // Dozens of tests make databases at once, on a machine that may do other things too.
            (settings.connections, settings.waitTimeout) = (8, .seconds(60))
            (settings.connectTimeout, settings.silence) = (.seconds(60), .seconds(60))
            let database = PostgresDatabase(on: group, workers: workers, settings: settings)
            defer { database.shutDown() }
            try await Task(executorPreference: group.loops[0]) { try await body(database) }.value
        }
    }
}
