import Synchronization
import Testing
import TradewindPersistence
import TradewindTesting

private final class Heard: Sendable {
    let notices = Mutex<[Notice]>([])
}

@Suite struct `A database` {
    @Test(arguments: Storage.allCases) func `answers a batch in its order`(kind: Storage)
        async throws
    {
        try await kind.use { db in
            try await db.run("CREATE TABLE t (id bigint PRIMARY KEY)")
            let answers = try await db.batch([
                "INSERT INTO t VALUES (\(1)), (\(2))", "SELECT id FROM t ORDER BY id", "DELETE FROM t WHERE id = \(1)",
            ])
            #expect(answers.map(\.affected) == [2, 2, 1])
            #expect(try answers[1].map { try $0.decode(0, as: Int.self) } == [1, 2])
            #expect(try await db.batch([]).isEmpty)
        }
    }

    @Test(arguments: Storage.allCases) func `runs a script as a whole`(kind: Storage) async throws {
        try await kind.use { db in
            await #expect(throws: DatabaseError.self) {
                try await db.run("CREATE TABLE t (id bigint); SELECT nonsense")
            }
            try await db.run("CREATE TABLE t (id bigint); INSERT INTO t VALUES (1);")
            #expect(try await db.query("SELECT id FROM t").count == 1)
        }
    }

    @Test(arguments: Storage.allCases) func `makes rows into values`(kind: Storage) async throws {
        struct Pair: RowReadable, Equatable {
            let number: Int, text: String?
            init(number: Int, text: String?) { (self.number, self.text) = (number, text) }
            init(_ row: Row) throws { try self.init(number: row.decode(0), text: row.decode(1)) }
        }
        try await kind.use { db in
            try await db.run("CREATE TABLE t (a bigint, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)")
            let pairs = try await db.query("SELECT a, b FROM t ORDER BY a").decode(Pair.self)
            #expect(pairs == [Pair(number: 1, text: "x"), Pair(number: 2, text: nil)])
        }
    }

    @Test(arguments: Storage.allCases) func `serves many at once`(kind: Storage) async throws {
        try await kind.use { db in
            try await db.run("CREATE TABLE t (id bigint PRIMARY KEY, n bigint)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 0..<300 {
                    group.addTask {
                        try await db.execute("INSERT INTO t VALUES (\(id), \(id * 2))")
                        #expect(
                            try await db.query("SELECT n FROM t WHERE id = \(id)")[0].decode(0, as: Int.self) == id * 2)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await db.query("SELECT count(*) FROM t")[0].decode(0, as: Int.self) == 300)
        }
    }

    @Test(arguments: Storage.allCases) func `answers those who are on no loop`(kind: Storage)
        async throws
    {
        try await kind.use { db in
            try await Task.detached {
                try await db.run("CREATE TABLE t (id bigint)")
                try await db.transaction { tx in _ = try await tx.execute("INSERT INTO t VALUES (\(1))") }
                #expect(try await db.query("SELECT id FROM t").count == 1)
            }.value
        }
    }

    @Test(arguments: Storage.allCases) func `does nothing for a task that is cancelled`(
        kind: Storage
    ) async throws {
        try await kind.use { db in
            try await db.run("CREATE TABLE t (id bigint)")
            let task = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try await db.execute("INSERT INTO t VALUES (1)")
            }
            await #expect(throws: DatabaseError.cancelled) { try await task.value }
            #expect(try await db.query("SELECT id FROM t").count == 0)
        }
    }

    @Test(arguments: Storage.allCases) func `tells who listens, once a transaction commits`(
        kind: Storage
    ) async throws {
        try await kind.use { db in
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: DatabaseError.cancelled) {
                        try await db.listen(to: "it's \"odd\"") { notice in heard.notices.withLock { $0.append(notice) }
                        }
                    }
                }
                try await eventually { heard.notices.withLock { $0 == [.listening] } }
                _ = try? await db.transaction { tx in
                    try await tx.notify("it's \"odd\"", "never")
                    throw DatabaseError.cancelled
                }
                try await db.transaction { tx in try await tx.notify("it's \"odd\"", "one") }
                try await db.notify("other", "not for us")
                try await db.notify("it's \"odd\"", "two")
                try await eventually { heard.notices.withLock { $0.count >= 3 } }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(heard.notices.withLock { $0 } == [.listening, .notified("one"), .notified("two")])
        }
    }

    @Test(arguments: Storage.allCases) func `answers a ping`(kind: Storage) async throws {
        try await kind.use { db in try await db.ping() }
    }
}
