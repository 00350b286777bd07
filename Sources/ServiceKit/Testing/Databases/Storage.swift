package import TradewindPersistence
internal import TradewindReactor
internal import TradewindSQLite

/// Each database there is an adapter for. A test that takes one as its argument runs on all of them; each time it gets
/// an empty database of its own and leaves nothing behind.
package enum Storage: String, CaseIterable, Sendable {
    case postgres, sqlite, memory

    /// Why it cannot be tested on this machine, for the test to say when it skips.
    package var whyMissing: String? {
        self == .postgres && !PostgresServer.isInstalled ? "PostgreSQL is not installed" : nil
    }

    /// Runs `body` with an empty database, on a loop of its own.
    package func open(_ body: @escaping @Sendable (any Database) async throws -> Void) async throws {
        switch self {
        case .postgres: try await SharedPostgres.use(body)
        case .sqlite: try await withTemporaryFolder { try await withSQLite(.file("\($0)/test.db"), body) }
        case .memory: try await withSQLite(.memory, body)
        }
    }

    private func withSQLite(
        _ place: SQLiteSettings.Place, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        var settings = SQLiteSettings(place)
        settings.waitTimeout = .seconds(30)  // whatever else the machine does
        let database = SQLiteDatabase(settings)
        let result = await Result {
            try await withLoops(1) { group in
                try await Task(executorPreference: group.loops[0]) { try await body(database) }.value
            }
        }
        await database.close()
        try result.get()
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
