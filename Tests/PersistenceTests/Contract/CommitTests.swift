import Testing
import TradewindPersistence
import TradewindTesting

/// The last statements of a transaction, which commit. A read before them or none makes a difference to an adapter.
@Suite struct `A transaction that commits with its last statements` {
    enum Beginning: CaseIterable { case nothing, read, write }

    private func withShelves(
        _ kind: Storage, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        try await kind.use { db in
            try await db.run(
                """
                CREATE TABLE shelves (id bigint PRIMARY KEY);
                CREATE TABLE books (
                    id bigint PRIMARY KEY, shelf bigint REFERENCES shelves (id) DEFERRABLE INITIALLY DEFERRED);
                INSERT INTO shelves VALUES (1)
                """)
            try await body(db)
        }
    }

    private func begin(_ beginning: Beginning, _ tx: any Transaction) async throws {
        switch beginning {
        case .nothing: break
        case .read: _ = try await tx.query("SELECT id FROM shelves FOR UPDATE")
        case .write: try await tx.execute("INSERT INTO books VALUES (-1, 1)")
        }
    }

    private func count(_ db: any Database) async throws -> Int {
        try await db.query("SELECT count(*) FROM books")[0].decode(0)
    }

    @Test(arguments: Storage.allCases, Beginning.allCases) func `takes effect as a whole, once`(
        kind: Storage, beginning: Beginning
    ) async throws {
        try await withShelves(kind) { db in
            try await db.transaction { tx in
                try await begin(beginning, tx)
                try await tx.commit(["INSERT INTO books VALUES (1, 1)", "INSERT INTO books VALUES (2, 1)"])
                // Others see it already.
                let seen = try await count(db)
                #expect(seen == (beginning == .write ? 3 : 2))
            }
            let kept = try await count(db)
            #expect(kept == (beginning == .write ? 3 : 2))
        }
    }

    @Test(arguments: Storage.allCases, Beginning.allCases) func `never was when one of them fails, whoever hid it`(
        kind: Storage, beginning: Beginning
    ) async throws {
        try await withShelves(kind) { db in
            for hides in [false, true] {
                await #expect(throws: DatabaseError.uniqueViolation(constraint: "books_pkey")) {
                    try await db.transaction { tx in
                        try await begin(beginning, tx)
                        do {
                            try await tx.commit(["INSERT INTO books VALUES (1, 1)", "INSERT INTO books VALUES (1, 1)"])
                        } catch { if !hides { throw error } }
                    }
                }
            }
            let kept = try await count(db)
            #expect(kept == 0)
            try await db.execute("INSERT INTO books VALUES (1, 1)")
        }
    }

    @Test(arguments: Storage.allCases, Beginning.allCases) func `has the commit's failure as its result`(
        kind: Storage, beginning: Beginning
    ) async throws {
        try await withShelves(kind) { db in
            let failure = await #expect(throws: DatabaseError.self) {
                try await db.transaction { tx in
                    try await begin(beginning, tx)
                    try await tx.commit(["INSERT INTO books VALUES (1, 99)"])
                }
            }
            guard case .foreignKeyViolation = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            let kept = try await count(db)
            #expect(kept == 0)
        }
    }

    @Test(arguments: Storage.allCases, Beginning.allCases) func `is over then`(
        kind: Storage, beginning: Beginning
    ) async throws {
        try await withShelves(kind) { db in
            let over = DatabaseError.refused(sqlState: "25P01", message: nil)
            try await db.transaction { tx in
                try await begin(beginning, tx)
                try await tx.commit(["INSERT INTO books VALUES (1, 1)"])
                await #expect(throws: over) { try await tx.execute("INSERT INTO books VALUES (2, 1)") }
                await #expect(throws: over) { try await tx.commit(["INSERT INTO books VALUES (3, 1)"]) }
            }
            let kept = try await db.query("SELECT id FROM books WHERE id > 0")
            #expect(kept.count == 1)
        }
    }

    @Test(arguments: Storage.allCases, [Beginning.nothing, .read])
    func `fails alone among many that share a commit`(kind: Storage, beginning: Beginning) async throws {
        try await withShelves(kind) { db in
            let failures = await withTaskGroup(of: Int.self) { group in
                for id in 0..<100 {
                    group.addTask {
                        do {
                            try await db.transaction { tx in
                                try await begin(beginning, tx)
                                // Every tenth takes a place that another one has.
                                try await tx.commit(["INSERT INTO books VALUES (\(id % 10 == 9 ? id - 1 : id), 1)"])
                            }
                            return 0
                        } catch { return 1 }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(failures == 10)
            let kept = try await count(db)
            #expect(kept == 90)
        }
    }

    @Test(arguments: Storage.allCases) func `keeps to the isolation that was asked for`(kind: Storage) async throws {
        try await withShelves(kind) { db in
            let level = try await db.transaction(TransactionOptions(isolation: .serializable)) { tx in
                guard tx.dialect == .postgres else { return "serializable" }
                try await tx.commit(["CREATE TABLE seen AS SELECT current_setting('transaction_isolation') AS level"])
                return try await db.query("SELECT level FROM seen")[0].decode(0, as: String.self)
            }
            #expect(level == "serializable")
        }
    }
}
