internal import Foundation
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindPostgres
internal import TradewindReactor
internal import TradewindTesting

/// 64 clients of one loop against 64 of pgbench, which has one thread too: one statement over and over, the same text
/// on both sides, prepared, commits on the disk.
struct Statements {
    let clients = 64, rounds = 5, seconds = 3.0
    static let orders = 100_000

    static let schema: SQLScript = """
        CREATE TABLE orders (
            id uuid PRIMARY KEY, user_id uuid NOT NULL, symbol text NOT NULL, quantity bigint NOT NULL,
            price numeric(20, 8) NOT NULL, status text NOT NULL, placed_at timestamptz NOT NULL);
        CREATE TABLE outbox (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, key uuid NOT NULL,
            payload jsonb NOT NULL);
        INSERT INTO orders
            SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'BTCUSDT', n, 19.99, 'open', now()
            FROM generate_series(1, 100000) AS n;
        VACUUM ANALYZE orders
        """

    static func select(_ id: Int) -> SQL {
        """
        SELECT id, user_id, symbol, quantity, price, status, placed_at FROM orders \
        WHERE id = lpad(to_hex(\(id)::bigint), 32, '0')::uuid
        """
    }

    /// An order and its event in one statement, so in one round trip and one transaction.
    static func insert(_ id: Int, _ quantity: Int) -> SQL {
        """
        WITH placed AS (INSERT INTO orders VALUES (lpad(to_hex(\(id)::bigint), 32, '0')::uuid, \
        '018f0000-0000-7000-8000-000000000001', 'BTCUSDT', \(quantity)::bigint, 64250.5, 'open', now()) \
        RETURNING id, quantity, price) INSERT INTO outbox (topic, key, payload) SELECT 'order.created', id, \
        jsonb_build_object('order', id, 'quantity', quantity, 'price', price) FROM placed
        """
    }

    struct Rates {
        let ours: Double, theirs: Double
        func line(_ name: String) -> String {
            "\(name) ours=\(Int(ours)) theirs=\(Int(theirs)) ratio=\((ours / theirs * 100).rounded() / 100)"
        }
    }

    func run(_ name: String, _ statement: @escaping @Sendable (Int) -> SQL, variables: String) async throws {
        let text = statement(0).statement.text.replacing("$1", with: ":id").replacing("$2", with: ":quantity")
        let schema = Self.schema.text.split(separator: ";").map { SQLScript(embedded: Array($0.utf8)) }
        let rates = try await measure(schema: schema, script: "\(variables)\n\(text);\n") { database in
            {
                let rows = try await database.query(statement(.random(in: 1...Self.orders)))
                if let row = rows.first { consume(try Order(row)) }
            }
        }
        print(rates.line(name))
    }

    /// Medians of so many rounds of both, on a server of their own.
    func measure(
        schema: [SQLScript], script: String, _ prepare: (PostgresDatabase) -> @Sendable () async throws -> Void
    ) async throws -> Rates {
        let server = try await PostgresServer.start(
            isDurable: true, options: "-c max_connections=200 -c shared_buffers=256MB -c max_wal_size=4GB")
        defer { server.stop() }
        let workers = WorkerPool(threads: 2, queueLimit: 64)
        defer { workers.shutDown() }
        let group = try EventLoopGroup(count: 1)
        defer { group.shutDown() }
        var settings = PostgresSettings(server.connection)
        settings.connections = ProcessInfo.processInfo.environment["DB_POOL"].flatMap(Int.init) ?? 16
        let database = PostgresDatabase(on: group, workers: workers, settings: settings)
        defer { database.shutDown() }
        for part in schema { try await database.run(part) }
        let file = server.folder + "/script.sql"
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        let once = prepare(database)
        var (ours, theirs): ([Double], [Double]) = ([], [])
        _ = try await rate(group, once)
        for _ in 0..<rounds {
            ours.append(try await rate(group, once))
            theirs.append(try pgbench(file, server))
        }
        return Rates(ours: median(ours), theirs: median(theirs))
    }

    private func rate(
        _ group: EventLoopGroup, _ once: @escaping @Sendable () async throws -> Void
    ) async throws -> Double {
        let loop = group.loops[0]
        let start = Instant.now()
        let end = start + .seconds(seconds)
        let count = try await Task(executorPreference: loop) {
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<clients {
                    tasks.addTask {
                        var count = 0
                        while loop.now < end {
                            try await once()
                            count += 1
                        }
                        return count
                    }
                }
                return try await tasks.reduce(0, +)
            }
        }.value
        return Double(count) / (Double((Instant.now() - start).wholeNanoseconds) / 1e9)
    }

    private struct Order: RowReadable {
        let id: TradewindDomain.UUID, user: TradewindDomain.UUID, symbol: String, quantity: Int64, status: String,
            placedAt: Timestamp
        init(_ row: Row) throws {
            try (id, user, symbol, quantity) = (row.decode(0), row.decode(1), row.decode(2), row.decode(3))
            try (status, placedAt) = (row.decode(5), row.decode(6))
        }
    }

    private func pgbench(_ script: String, _ server: PostgresServer) throws -> Double {
        let output = server.folder + "/pgbench"
        let options = "-n -M prepared -c \(clients) -j 1 -T \(Int(seconds)) -h \(server.folder) -U tradewind postgres"
        let programs = PostgresServer.programs ?? "/usr/bin"
        try ShellHelper("\(programs)/pgbench -f \(script) \(options) >\(output) 2>&1", []).end()
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard text.contains("number of failed transactions: 0"), let line = text.split(separator: "\n").last,
            let rate = line.split(separator: " ").compactMap({ Double($0) }).first
        else { throw DidNotHappen("pgbench: \(text)") }
        return rate
    }

}

func placingOrders() async throws {
    // Ids of 48 random bits, which hardly ever meet again.
    try await Statements().run(
        "P3", { _ in Statements.insert(.random(in: 1 << 32...1 << 48), 5) },
        variables: "\\set id random(4294967296, 281474976710656)\n\\set quantity 5")
}

func readingOrders() async throws {
    try await Statements().run("P4", { Statements.select($0) }, variables: "\\set id random(1, 100000)")
}
