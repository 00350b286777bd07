import Foundation
import Testing
import TradewindDatabases
import TradewindPersistence
import TradewindReactor
import TradewindTesting

@Suite struct `A writer that is killed` {
    /// So many are needed: with answers given before the commit, six rounds still passed.
    private let rounds = 200

    @Test func `loses nothing that SQLite said is stored, and leaves nothing half`() async throws {
        try await withTemporaryFolder { folder in
            let url = try #require(DatabaseURL("sqlite:\(folder)/killed.db"))
            try await killWriters(of: url)
            try await withDatabase(url) { db in
                let verdict = try await db.query("PRAGMA integrity_check")[0].decode(0, as: String.self)
                #expect(verdict == "ok")
            }
        }
    }

    @Test func `loses nothing that PostgreSQL said is stored, and leaves nothing half`() async throws {
        guard PostgresServer.isInstalled else { try Test.cancel("PostgreSQL is not installed") }
        let server = try await PostgresServer.start()
        defer { server.stop() }
        try await killWriters(
            of: DatabaseURL(
                postgres: server.folder, port: 5432, user: "tradewind", password: nil, database: "postgres"))
    }

    private func killWriters(of url: DatabaseURL) async throws {
        var before = 0
        for round in 0..<rounds {
            let acknowledged = try await blocking { try writeAndKill(url, afterLines: Int.random(in: 1...120)) }
            before = try await withDatabase(url) { [before] db in
                // In one statement each, for a server may still commit what it was sent last.
                let kept: Int = try await db.query("SELECT count(*) FROM orders WHERE id = ANY (\(acknowledged))")[0]
                    .decode(0)
                #expect(kept == acknowledged.count, "round \(round): lost")
                let torn = try await db.query(
                    """
                    SELECT count(*), coalesce(sum(CASE WHEN events = 1 THEN 0 ELSE 1 END), 0) FROM
                    (SELECT count(outbox.id) AS events FROM orders FULL JOIN outbox ON orders.id = outbox.id
                     GROUP BY orders.id)
                    AS each
                    """)
                #expect(try torn[0].decode(1, as: Int.self) == 0, "round \(round): half or double")
                let count: Int = try torn[0].decode(0)
                #expect(count > before)
                return count
            }
        }
    }

    /// Returns what the writer said is stored, up to the last whole line.
    private func writeAndKill(_ url: DatabaseURL, afterLines lines: Int) throws -> [Int] {
        let writer = Process()
        writer.executableURL = try product("writer")
        writer.arguments = [url.text]
        let pipe = Pipe()
        writer.standardOutput = pipe
        try writer.run()
        var said = Data()
        while said.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { break }
            said.append(more)
        }
        kill(writer.processIdentifier, SIGKILL)
        said.append(pipe.fileHandleForReading.readDataToEndOfFile())
        writer.waitUntilExit()
        #expect(writer.terminationReason == .uncaughtSignal, "the writer ended by itself")
        let whole = said.prefix(upTo: said.lastIndex(of: UInt8(ascii: "\n")) ?? said.startIndex)
        return whole.split(separator: UInt8(ascii: "\n")).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    }
}

private func withDatabase<Result: Sendable>(
    _ url: DatabaseURL, _ body: @escaping @Sendable (any Database) async throws -> Result
) async throws -> Result {
    let workers = WorkerPool(threads: 1, queueLimit: 16)
    defer { workers.shutDown() }
    return try await withLoops(1) { loops in
        let limits = DatabaseLimits(connections: 1, statementTimeout: .seconds(30))
        let database = try url.open(limits, on: loops, workers: workers)
        let result = try await body(database)
        await database.close()
        return result
    }
}

/// A program of this package, which stands beside the tests.
private func product(_ name: String) throws -> URL {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name)
    try #require(FileManager.default.isExecutableFile(atPath: program.path), "\(name) is not built")
    return program
}
