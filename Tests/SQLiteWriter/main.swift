// `sqlite-writer PATH` writes orders and their outbox rows from many tasks until it is killed, and prints the number of
// each when it has been told that it is stored. Half of them in a batch, half in a transaction.

internal import Glibc
internal import TradewindPersistence
internal import TradewindSQLite

let database = SQLiteDatabase(SQLiteSettings(.file(CommandLine.arguments[1])))
try await database.run(
    """
    CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, note text NOT NULL);
    CREATE TABLE IF NOT EXISTS outbox (id bigint PRIMARY KEY, payload jsonb NOT NULL);
    """)
let first = try await database.query("SELECT coalesce(max(id), 0) FROM orders")[0].decode(0, as: Int.self) + 1

@Sendable func store(_ id: Int) async throws {
    let note = String(repeating: "x", count: id % 700)
    let (order, event): (SQL, SQL) = (
        "INSERT INTO orders VALUES (\(id), \(note))", "INSERT INTO outbox VALUES (\(id), '{}')"
    )
    if id.isMultiple(of: 2) {
        _ = try await database.batch([order, event])
    } else {
        try await database.transaction { tx in
            try await tx.execute(order)
            try await tx.execute(event)
        }
    }
    let line = Array("\(id)\n".utf8)
    // One call, so that a line is there or not.
    unsafe _ = line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

await withThrowingTaskGroup(of: Void.self) { group in
    for lane in 0..<8 {
        group.addTask {
            var id = first + lane
            while true {
                try await store(id)
                id += 8
            }
        }
    }
}
