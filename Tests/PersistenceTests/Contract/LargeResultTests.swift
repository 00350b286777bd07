import Testing
import TradewindPersistence
import TradewindTesting

@Suite struct `Many rows` {
    private struct Enough: Error {}

    private func withNumbers(
        _ count: Int, _ kind: Storage, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        try await kind.use { db in
            try await db.run("CREATE TABLE numbers (id bigint PRIMARY KEY, note text)")
            let added = try await db.load(BulkTable("numbers", columns: "id", "note")) { loader in
                for id in 0..<count { try await loader.add(id, id % 2 == 0 ? "even" : nil as String?) }
            }
            #expect(added == count)
            try await body(db)
        }
    }

    private func expectCount(
        _ expected: Int, _ db: any Session, at place: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await db.query("SELECT count(*) FROM numbers")[0].decode(0, as: Int.self)
        #expect(found == expected, sourceLocation: place)
    }

    @Test(arguments: Storage.allCases) func `are loaded in bulk and streamed in order`(
        kind: Storage
    ) async throws {
        try await withNumbers(50_000, kind) { db in
            var next = 0, portions = 0
            try await db.stream("SELECT id, note FROM numbers WHERE id < \(40_000) ORDER BY id") { rows in
                portions += 1
                for row in rows {
                    let (id, note) = try (row.decode(0, as: Int.self), row.decode(1, as: String?.self))
                    #expect((id, note) == (next, next % 2 == 0 ? "even" : nil))
                    next += 1
                }
            }
            #expect(next == 40_000)
            #expect(portions > 10)
        }
    }

    @Test(arguments: Storage.allCases) func `that nobody wants any more are given up`(
        kind: Storage
    ) async throws {
        try await withNumbers(20_000, kind) { db in
            for _ in 0..<10 {
                await #expect(throws: Enough.self) {
                    try await db.stream("SELECT id FROM numbers") { _ in throw Enough() }
                }
            }
            try await expectCount(20_000, db)
        }
    }

    @Test(arguments: Storage.allCases) func `that break off in the middle say so`(
        kind: Storage
    ) async throws {
        try await withNumbers(2_000, kind) { db in
            await #expect(throws: DatabaseError.self) {
                try await db.stream("SELECT 1 / (1500 - id) AS x, nonsense FROM numbers ORDER BY id") { _ in }
            }
            try await expectCount(2_000, db)
        }
    }

    @Test(arguments: Storage.allCases) func `are loaded all or none`(kind: Storage) async throws {
        try await withNumbers(10, kind) { db in
            let table = BulkTable("numbers", columns: "id", "note")
            await #expect(throws: DatabaseError.self) {
                try await db.load(table) { loader in
                    try await loader.add(100, "new")
                    try await loader.add(5, "there already")
                }
            }
            await #expect(throws: Enough.self) {
                try await db.load(table) { loader in
                    try await loader.add(101, "new")
                    throw Enough()
                }
            }
            try await expectCount(10, db)
        }
    }

    @Test(arguments: Storage.allCases) func `are loaded and streamed within a transaction`(
        kind: Storage
    ) async throws {
        try await withNumbers(10, kind) { db in
            await #expect(throws: Enough.self) {
                try await db.transaction { tx in
                    _ = try await tx.load(BulkTable("numbers", columns: "id", "note")) { try await $0.add(100, "new") }
                    var count = 0
                    try await tx.stream("SELECT id FROM numbers") { count += $0.count }
                    #expect(count == 11)
                    throw Enough()
                }
            }
            try await expectCount(10, db)
        }
    }
}
