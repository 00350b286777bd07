import Foundation
import Testing
import TradewindPersistence
import TradewindSQLite
import TradewindTesting

@Suite struct `Writers of one file` {
    /// Takes some seconds: long enough to be ended in the middle.
    private static let endless: SQL =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO t SELECT -i, 'long' FROM n"
    private static let endlessReading: SQL =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    private func withTable(
        _ change: (inout SQLiteSettings) -> Void = { _ in },
        _ body: (SQLiteDatabase, String) async throws -> Void
    ) async throws {
        try await withFile(change) { db, path in
            try await db.run("CREATE TABLE t (id bigint PRIMARY KEY, note text)")
            try await body(db, path)
        }
    }

    @Test func `share commits, and one that fails fails alone`() async throws {
        try await withTable { db, _ in
            try await db.execute("INSERT INTO t VALUES (-1, 'there already')")
            let stored = await withTaskGroup(of: Int.self) { group in
                for id in 0..<300 {
                    group.addTask {
                        let statements: [SQL] = [
                            "INSERT INTO t VALUES (\(id * 2), 'a')",
                            id % 3 == 0
                                ? "INSERT INTO t VALUES (-1, NULL)" : "INSERT INTO t VALUES (\(id * 2 + 1), 'b')",
                        ]
                        return (try? await db.batch(statements)) == nil ? 0 : 2
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(stored == 400)
            try await expectCount(401, of: "t", in: db)
        }
    }

    @Test func `begin again when one of them has ended the transaction they share`() async throws {
        try await withTable { db, _ in
            try await db.run(
                """
                CREATE TRIGGER gone BEFORE INSERT ON t WHEN new.note = 'poison'
                BEGIN SELECT RAISE(ROLLBACK, 'no'); END
                """)
            let stored = await withTaskGroup(of: Int.self) { group in
                for id in 0..<200 {
                    group.addTask {
                        let note = id % 10 == 0 ? "poison" : "food"
                        return (try? await db.execute("INSERT INTO t VALUES (\(id), \(note))")) ?? 0
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(stored == 180)
            try await expectCount(180, of: "t", in: db)
        }
    }

    @Test func `find whose foreign key fails in the end`() async throws {
        try await withTable { db, _ in
            try await db.run(
                "CREATE TABLE c (id bigint PRIMARY KEY, t bigint REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)")
            try await db.execute("INSERT INTO t VALUES (1, 'parent')")
            let stored = await withTaskGroup(of: Int.self) { group in
                for id in 0..<50 {
                    group.addTask {
                        (try? await db.execute("INSERT INTO c VALUES (\(id), \(id == 25 ? 9 : 1))")) ?? 0
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(stored == 49)
            try await expectCount(49, of: "c", in: db)
        }
    }

    @Test func `are stopped when they are cancelled, others not`() async throws {
        try await withTable({ $0.waitTimeout = .seconds(60) }) { db, _ in
            let long = Task { try await db.execute(Self.endless) }
            let reading = Task { try await db.query(Self.endlessReading) }
            try await Task.sleep(for: .milliseconds(50))
            let other = Task { try await db.execute("INSERT INTO t VALUES (1, 'other')") }
            long.cancel()
            reading.cancel()
            await #expect(throws: DatabaseError.cancelled) { try await long.value }
            await #expect(throws: DatabaseError.cancelled) { try await reading.value }
            #expect(try await other.value == 1)
            try await expectCount(1, of: "t", in: db)
        }
    }

    @Test func `are stopped when they take too long`() async throws {
        try await withTable({ $0.statementTimeout = .milliseconds(80) }) { db, _ in
            await #expect(throws: DatabaseError.timeout) { try await db.execute(Self.endless) }
            await #expect(throws: DatabaseError.timeout) { try await db.query(Self.endlessReading) }
            let after = try await db.execute("INSERT INTO t VALUES (1, 'after')")
            #expect(after == 1)
        }
    }

    @Test func `wait for a transaction, but not for ever and not too many`() async throws {
        try await withTable({ ($0.waitTimeout, $0.waitingLimit) = (.milliseconds(100), 3) }) { db, _ in
            try await db.transaction { tx in
                try await tx.execute("INSERT INTO t VALUES (1, 'mine')")
                let others = await withTaskGroup(of: DatabaseError?.self) { group in
                    for id in 2..<8 {
                        group.addTask {
                            do throws(DatabaseError) {
                                try await db.execute("INSERT INTO t VALUES (\(id), 'other')")
                                return nil
                            } catch {
                                return error
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(others == Array(repeating: .poolExhausted, count: 6))
            }
            try await expectCount(1, of: "t", in: db)
        }
    }

    @Test func `of two processes wait for each other`() async throws {
        try await withTable { db, path in
            try await withDatabase(at: path) { other in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for id in 0..<200 {
                        let session = id.isMultiple(of: 2) ? db : other
                        group.addTask { try await session.execute("INSERT INTO t VALUES (\(id), 'x')") }
                    }
                    try await group.waitForAll()
                }
                _ = try await db.transaction { tx in
                    try await tx.execute("UPDATE t SET note = 'mine' WHERE id = 0")
                    await #expect(throws: DatabaseError.timeout) {
                        try await withDatabase(at: path, { $0.busyTimeout = .milliseconds(50) }) {
                            try await $0.execute("DELETE FROM t")
                        }
                    }
                }
                try await expectCount(200, of: "t", in: other)
            }
        }
    }

    @Test func `leave one file when they close, and can be opened again`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/deep/down/a.db"
            try await withDatabase(at: path) {
                try await $0.run("CREATE TABLE t (id bigint); INSERT INTO t VALUES (1)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/deep/down") == ["a.db"])
            try await withDatabase(at: path) { try await expectCount(1, of: "t", in: $0) }
            let closed = SQLiteDatabase(SQLiteSettings(.file(path)))
            await closed.close()
            await #expect(throws: DatabaseError.unavailable("the database is closed")) { try await closed.ping() }
        }
    }

    @Test func `are told what is wrong with the file`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/damaged.db"
            try Data(repeating: 0x61, count: 8_192).write(to: URL(fileURLWithPath: path))
            try await withDatabase(at: path) { db in
                await #expect(throws: DatabaseError.unavailable("the database file is damaged")) { try await db.ping() }
            }
            try await withDatabase(at: folder) { db in
                do throws(DatabaseError) {
                    try await db.ping()
                    Issue.record("a folder was opened")
                } catch {
                    #expect(error.isUnavailability)
                }
            }
        }
    }

    @Test func `that are no longer in a transaction have nothing to say in it`() async throws {
        try await withTable { db, _ in
            var kept: (any Transaction)?
            try await db.transaction { kept = $0 }
            let transaction = try #require(kept)
            await #expect(throws: DatabaseError.refused(sqlState: "25P01", message: nil)) {
                try await transaction.execute("INSERT INTO t VALUES (1, 'late')")
            }
        }
    }

    @Test func `in memory share nothing and leave nothing`() async throws {
        let place = "/dev/shm"
        let before = Set(
            try FileManager.default.contentsOfDirectory(atPath: place).filter { $0.hasPrefix("tradewind-") })
        let settings = SQLiteSettings(.memory)
        let (one, two) = (SQLiteDatabase(settings), SQLiteDatabase(settings))
        try await one.run("CREATE TABLE t (id bigint)")
        await #expect(throws: DatabaseError.refused(sqlState: "42P01", message: "no such table: t")) {
            try await two.query("SELECT id FROM t")
        }
        try await eventually("folders that are gone") {
            try FileManager.default.contentsOfDirectory(atPath: place)
                .filter { $0.hasPrefix("tradewind-") && !before.contains($0) }.isEmpty
        }
        await one.close()
        await two.close()
    }
}
