internal import TradewindReactor

/// Runs what blocks (other processes, files) on a thread of its own. Swift's pool has a thread a core, and all tests
/// share it: two that block it stop every other for as long.
package func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let workers = WorkerPool(threads: 1, queueLimit: 1)
    defer { workers.shutDown() }
    return try await workers.run(body)
}
