// `writer sqlite:PATH` or `writer postgres://…` writes orders and their outbox rows from many tasks until it is killed,
// and prints the number of each when it has been told that it is stored: in a batch, in a transaction, and in those
// that commit with their last statements, after nothing, after a read, after a write.

internal import Glibc
internal import TradewindDatabases
internal import TradewindPersistence
internal import TradewindReactor

let loops = try EventLoopGroup(count: 1)
let workers = WorkerPool(threads: 1, queueLimit: 16)
guard let url = CommandLine.arguments.dropFirst().first.flatMap({ DatabaseURL($0) }) else { exit(64) }
let database = try url.open(
    DatabaseLimits(connections: 4, statementTimeout: .seconds(30)), on: loops, workers: workers)

try await database.run(
    """
    CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, note text NOT NULL);
    CREATE TABLE IF NOT EXISTS outbox (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id bigint NOT NULL, payload jsonb NOT NULL);
    CREATE INDEX IF NOT EXISTS outbox_id ON outbox (id);
    """)
// Far behind all others: what a server still does for a writer that is dead must not be in the way.
let last = try await database.query("SELECT coalesce(max(id), 0) FROM orders")[0].decode(0, as: Int.self)
let first = (last / 1_000_000 + 1) * 1_000_000

@Sendable func store(_ id: Int) async throws {
    let note = String(repeating: "x", count: id % 700)
    let (order, event): (SQL, SQL) = (
        "INSERT INTO orders VALUES (\(id), \(note))", "INSERT INTO outbox (id, payload) VALUES (\(id), '{}')"
    )
    switch id % 5 {
    case 0: _ = try await database.batch([order, event])
    case 1:
        try await database.transaction { tx in
            try await tx.execute(order)
            try await tx.execute(event)
        }
    case 2: try await database.transaction { tx in try await tx.commit([order, event]) }
    case 3:
        try await database.transaction { tx in
            _ = try await tx.query("SELECT note FROM orders WHERE id = \(id) FOR UPDATE")
            try await tx.commit([order, event])
        }
    default:
        try await database.transaction { tx in
            try await tx.execute(order)
            try await tx.commit([event])
        }
    }
    let line = Array("\(id)\n".utf8)
    // One call, so that a line is there or not.
    unsafe _ = line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

try await withThrowingTaskGroup(of: Void.self) { group in
    for lane in 0..<8 {
        group.addTask {
            var id = first + lane
            while true {
                try await store(id)
                id += 8
            }
        }
    }
    try await group.waitForAll()
}
