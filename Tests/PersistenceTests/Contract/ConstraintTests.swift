import Testing
import TradewindPersistence
import TradewindTesting

@Suite struct `A statement that a database refuses` {
    private func inSchema(
        _ kind: Storage, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        try await kind.use { db in
            try await db.run(
                """
                CREATE TABLE owners (id bigint PRIMARY KEY);
                CREATE TABLE pets (
                    id bigint PRIMARY KEY, name text NOT NULL,
                    owner bigint, age bigint,
                    CONSTRAINT pets_name_unique UNIQUE (name),
                    CONSTRAINT pets_owner_known FOREIGN KEY (owner) REFERENCES owners (id),
                    CONSTRAINT pets_age_sane CHECK (age >= 0)
                );
                INSERT INTO owners VALUES (1);
                INSERT INTO pets VALUES (1, 'Rex', 1, 3)
                """)
            try await body(db)
        }
    }

    @Test(arguments: Storage.allCases) func `names the constraint`(kind: Storage) async throws {
        try await inSchema(kind) { db in
            await #expect(throws: DatabaseError.uniqueViolation(constraint: "pets_name_unique")) {
                try await db.execute("INSERT INTO pets VALUES (2, \("Rex"), 1, 1)")
            }
            await #expect(throws: DatabaseError.foreignKeyViolation(constraint: "pets_owner_known")) {
                try await db.execute("INSERT INTO pets VALUES (2, \("Tom"), 9, 1)")
            }
            await #expect(throws: DatabaseError.checkViolation(constraint: "pets_age_sane")) {
                try await db.execute("INSERT INTO pets VALUES (2, \("Tom"), 1, \(-1))")
            }
            await #expect(throws: DatabaseError.notNullViolation(column: "name")) {
                try await db.execute("INSERT INTO pets VALUES (2, \(String?.none), 1, 1)")
            }
        }
    }

    @Test(arguments: Storage.allCases) func `quotes no value in its error`(kind: Storage)
        async throws
    {
        try await inSchema(kind) { db in
            let secret = "hunter2"
            let statements: [SQL] = [
                "INSERT INTO pets VALUES (1, \(secret), 1, 1)",
                "INSERT INTO pets SELECT 3, \(secret), 1, id - 9 FROM owners",
                "INSERT INTO pets VALUES (4, \(secret), 77, 1)", "SELECT nonsense FROM pets WHERE name = \(secret)",
                "SELECT CAST(name AS bigint) + \(secret) FROM", "INSERT INTO nowhere VALUES (\(secret))",
            ]
            for statement in statements {
                do {
                    try await db.execute(statement)
                    Issue.record("\(statement) was done")
                } catch {
                    #expect(!"\(error) \(String(reflecting: error))".contains(secret))
                }
            }
        }
    }

    @Test(arguments: Storage.allCases) func `leaves the others alone that run at the same time`(
        kind: Storage
    ) async throws {
        try await inSchema(kind) { db in
            let results = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        if number % 10 == 0 {
                            return (try? await db.query("SELECT nonsense FROM pets")) == nil
                        }
                        let rows = try? await db.query("SELECT name, \(number) FROM pets WHERE id = \(1)")
                        return (try? rows?[0].decode(1, as: Int.self)) == number
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count == 100 && results.allSatisfy { $0 })
        }
    }

    @Test(arguments: Storage.allCases) func `can be corrected and sent again`(kind: Storage)
        async throws
    {
        try await inSchema(kind) { db in
            func insert(_ id: Int) async throws { try await db.execute("INSERT INTO owners VALUES (\(id))") }
            await #expect(throws: DatabaseError.self) { try await insert(1) }
            try await insert(2)
            #expect(try await db.query("SELECT id FROM owners").count == 2)
        }
    }

    @Test(arguments: Storage.allCases) func `undoes the batch it stands in`(kind: Storage)
        async throws
    {
        try await inSchema(kind) { db in
            await #expect(throws: DatabaseError.uniqueViolation(constraint: "pets_name_unique")) {
                try await db.batch([
                    "INSERT INTO owners VALUES (\(5))", "INSERT INTO pets VALUES (5, \("Rex"), 5, 1)",
                    "INSERT INTO owners VALUES (\(6))",
                ])
            }
            let owners = try await db.query("SELECT id FROM owners")
            #expect(owners.count == 1)
        }
    }
}
