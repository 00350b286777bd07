internal import Foundation
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindReactor
internal import TradewindSQLite
internal import TradewindTesting

// SQLite: an order and its outbox row, on the disk before the caller goes on, from 64 tasks at once; beside the shell
// of SQLite, which commits one pair after the other with the same pragmas.

private let schema: SQLScript = """
    CREATE TABLE orders (id text PRIMARY KEY, quantity bigint NOT NULL, price numeric NOT NULL);
    CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, payload jsonb NOT NULL)
    """

func durableInserts() async throws {
    try await withTemporaryFolder { folder in
        let database = SQLiteDatabase(SQLiteSettings(.file("\(folder)/ours.db")))
        let theirs = "\(folder)/theirs.db"
        try await database.run(schema)
        try shell(theirs, shellSchema)
        var (ours, shells): ([Double], [Double]) = ([], [])
        _ = try await rate(database, round: 0)
        for round in 1...5 {
            ours.append(try await rate(database, round: round))
            shells.append(try shellRate(theirs, round: round))
        }
        await database.close()
        let (one, other) = (median(ours), median(shells))
        print("SQLite ours=\(Int(one)) theirs=\(Int(other)) ratio=\((one / other * 100).rounded() / 100)")
    }
}

private func rate(_ database: SQLiteDatabase, round: Int) async throws -> Double {
    let start = Instant.now()
    let end = start + .seconds(3)
    let count = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for client in 0..<64 {
            tasks.addTask {
                var count = 0
                while Instant.now() < end {
                    let id = "\(round)-\(client)-\(count)"
                    _ = try await database.batch([
                        "INSERT INTO orders VALUES (\(id), \(count), '64250.5')",
                        "INSERT INTO outbox (topic, payload) VALUES ('order.created', '{\"quantity\":3}')",
                    ])
                    count += 1
                }
                return count
            }
        }
        return try await tasks.reduce(0, +)
    }
    return Double(count) / seconds(since: start)
}

// MARK: The shell

private let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;\n"
private let shellSchema = """
    CREATE TABLE orders (id TEXT PRIMARY KEY, quantity INTEGER NOT NULL, price TEXT COLLATE decimal NOT NULL) STRICT;
    CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL) STRICT;

    """

/// Of as many pairs as take some seconds, without the start of the program.
private func shellRate(_ path: String, round: Int) throws -> Double {
    var (pairs, script) = (1_000, "")
    var elapsed = 0.0, begun = 0
    while elapsed < 2.5 {
        script = (begun..<begun + pairs).map {
            """
            BEGIN IMMEDIATE; INSERT INTO orders VALUES ('\(round)-\($0)', \($0), '64250.5');
            INSERT INTO outbox (topic, payload) VALUES ('order.created', '{"quantity":3}'); COMMIT;

            """
        }.joined()
        begun += pairs
        let start = Instant.now()
        try shell(path, script)
        elapsed = seconds(since: start)
        if elapsed < 2.5 { pairs = Int(Double(pairs) * 3 / max(elapsed, 0.05)) }
    }
    return Double(pairs) / elapsed
}

private func shell(_ path: String, _ script: String) throws {
    let file = path + ".sql"
    try (pragmas + script).write(toFile: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments = ["-bail", path, ".read \(file)"]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw DidNotHappen("the shell's work") }
}

private func seconds(since start: Instant) -> Double { Double((Instant.now() - start).wholeNanoseconds) / 1e9 }

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
