import Foundation
import Testing
import TradewindPersistence
import TradewindSQLite
import TradewindTesting

@Suite struct `Transactions that read and then commit` {
    private func withCounters(_ body: (SQLiteDatabase, String) async throws -> Void) async throws {
        try await withFile { db, path in
            try await db.run(
                """
                CREATE TABLE counters (id bigint PRIMARY KEY, value bigint NOT NULL CHECK (value < 10));
                WITH RECURSIVE n (id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 19)
                INSERT INTO counters SELECT id, 0 FROM n
                """)
            try await body(db, path)
        }
    }

    private func value(_ session: any Session, of id: Int) async throws -> Int {
        try await session.query("SELECT value FROM counters WHERE id = \(id) FOR UPDATE")[0].decode(0)
    }

    private func set(_ id: Int, to value: Int) -> SQL { "UPDATE counters SET value = \(value) WHERE id = \(id)" }

    /// Commits in a log that has not begun anew: the frames that say how large the database is after them.
    private func commits(_ path: String) throws -> Int {
        let log = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)-wal")))
        func number(_ place: Int) -> UInt32 { log[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        let frame = Int(number(8)) + 24
        return stride(from: 32, to: log.count - frame + 1, by: frame).count { number($0 + 4) != 0 }
    }

    @Test func `share one, and one that fails fails alone`() async throws {
        try await withCounters { db, path in
            let before = try commits(path)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                try await db.transaction { holder in
                    // All others come to their end while this one has the writer.
                    try await holder.execute(set(0, to: 1))
                    for id in 1..<20 {
                        group.addTask {
                            do {
                                try await db.transaction { tx in
                                    let now = try await value(tx, of: id)
                                    try await tx.commit([set(id, to: now + (id == 7 ? 10 : 1)), set(id, to: now + 1)])
                                }
                                return true
                            } catch DatabaseError.checkViolation { return false }
                        }
                    }
                    try await eventually("nineteen that wait") { await db.connectionCount().waiting == 19 }
                    try await expectCount(0, of: "counters WHERE value = 1", in: db)
                }
                let done = try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                #expect(done == 18)
            }
            try await expectCount(19, of: "counters WHERE value = 1", in: db)
            #expect(try commits(path) - before == 2)
        }
    }

    @Test func `keep nobody from writing, and begin again when what they read was changed`() async throws {
        try await withCounters { db, _ in
            var attempts = 0
            try await db.transaction { tx in
                attempts += 1
                let (read, other) = (try await value(tx, of: 1), try await value(tx, of: 2))
                if attempts == 1 { try await db.execute(set(2, to: 5)) }
                try await tx.commit([set(1, to: read + other + 1)])
            }
            #expect(attempts == 2)
            #expect(try await value(db, of: 1) == 6)
        }
    }

    @Test func `find out before they write that they lost`() async throws {
        try await withCounters { db, _ in
            await #expect(throws: DatabaseError.serializationFailure) {
                try await db.attempt(TransactionOptions()) { tx in
                    _ = try await value(tx, of: 1)
                    try await db.execute(set(1, to: 2))
                    // Refused if it were tried.
                    try await tx.execute(set(1, to: 10))
                }
            }
            #expect(try await value(db, of: 1) == 2)
            // Nothing was left open.
            try await db.execute(set(1, to: 3))
        }
    }

    @Test func `have the writer from their beginning when they lost before`() async throws {
        try await withCounters { db, _ in
            var options = TransactionOptions()
            options.hasLost = true
            try await db.attempt(options) { tx in
                let now = try await value(tx, of: 1)
                let other = Task { try await db.execute(set(1, to: 9)) }
                try await eventually("somebody who waits") { await db.connectionCount().waiting == 1 }
                try await tx.commit([set(1, to: now + 1)])
                #expect(try await other.value == 1)
            }
            #expect(try await value(db, of: 1) == 9)
        }
    }

    @Test func `that no longer fit on the disk are told so, and are not there`() async throws {
        try await withCounters { db, _ in
            try await db.run("CREATE TABLE boxes (id bigint PRIMARY KEY, filling text NOT NULL)")
            // Of the one connection that writes.
            try await db.run("PRAGMA max_page_count = 60")
            let filling = String(repeating: "x", count: 3_000)
            let stored = await withTaskGroup(of: Int.self) { group in
                for id in 0..<100 {
                    group.addTask {
                        do {
                            try await db.transaction { tx in
                                _ = try await value(tx, of: id % 20)
                                try await tx.commit(["INSERT INTO boxes VALUES (\(id), \(filling))"])
                            }
                            return 1
                        } catch {
                            #expect(error as? DatabaseError == .unavailable("the disk is full"))
                            return 0
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(stored > 0 && stored < 100)
            try await expectCount(stored, of: "boxes", in: db)
        }
    }

    @Test func `take nothing for seen that is seen again while they write`() async throws {
        try await withCounters { db, _ in
            try await db.transaction { tx in
                let before = try await value(tx, of: 1)
                try await tx.execute(set(1, to: before + 1))
                let after = try await value(tx, of: 1)
                try await tx.commit([set(1, to: after + 1)])
            }
            #expect(try await value(db, of: 1) == 2)
        }
    }
}
