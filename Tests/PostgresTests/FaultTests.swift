import Synchronization
import Testing
import TradewindLocks
import TradewindPersistence
import TradewindPostgres
import TradewindTesting

@Suite(.serialized) struct `When PostgreSQL` {
    private final class Log: Sendable {
        let stored = Lock<[Int]>([])
        let errors = Lock<[DatabaseError]>([])
        let slowest = Lock<Duration>(.zero)
        let isOver = Atomic<Bool>(false)
    }

    /// Eight clients insert rows while `body` does something to the server. What was acknowledged must be there.
    private func whileInserting(
        into database: PostgresDatabase, _ body: @escaping @Sendable (Log) async throws -> Void
    ) async throws {
        let log = Log()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<8 {
                group.addTask {
                    var id = client
                    while !log.isOver.load(ordering: .relaxed) {
                        id += 8
                        let (error, time) = await failure { () async throws(DatabaseError) in
                            try await database.batch([
                                "INSERT INTO orders VALUES (\(id))", "INSERT INTO outbox VALUES (\(id))",
                            ])
                        }
                        log.slowest.withLock { $0 = max($0, time) }
                        if let error {
                            log.errors.withLock { $0.append(error) }
                            try await Task.sleep(for: .milliseconds(2))
                        } else {
                            log.stored.withLock { $0.append(id) }
                        }
                    }
                }
            }
            defer { log.isOver.store(true, ordering: .relaxed) }
            try await eventually { log.stored.withLock { $0.count > 100 } }
            try await body(log)
            let before = log.stored.withLock { $0.count }
            try await eventually(within: .seconds(5), "full service") {
                log.stored.withLock { $0.count > before + 100 }
            }
        }
        let rows = try await database.query("SELECT id FROM orders")
        let stored = Set(try rows.map { try $0.decode(0, as: Int.self) })
        #expect(log.stored.withLock { Set($0).subtracting(stored) } == [])
        let halves: Int = try await database.query(
            "SELECT count(*) FROM orders FULL JOIN outbox USING (id) WHERE orders.id IS NULL OR outbox.id IS NULL"
        )[0].decode(0)
        #expect(halves == 0)
        let errors = log.errors.withLock { $0 }
        #expect(!errors.isEmpty && errors.allSatisfy(\.isUnavailability))
        #expect(log.slowest.withLock { $0 } < soon)
    }

    private static let schema: SQLScript =
        "CREATE TABLE orders (id bigint PRIMARY KEY); CREATE TABLE outbox (id bigint PRIMARY KEY)"

    @Test func `is killed and comes back, what it acknowledged is there and service goes on`() async throws {
        try await withServer { server, database in
            try await database.run(Self.schema)
            try await whileInserting(into: database) { log in
                for _ in 0..<3 {
                    try await server.kill()
                    try await eventually { log.errors.withLock { !$0.isEmpty } }
                    try await server.start()
                    let before = log.stored.withLock { $0.count }
                    try await eventually { log.stored.withLock { $0.count > before } }
                }
            }
        }
    }

    @Test func `is stopped and started by its administrator, service goes on`() async throws {
        try await withServer { server, database in
            try await database.run(Self.schema)
            try await whileInserting(into: database) { _ in
                try await server.quit()
                try await server.start()
            }
        }
    }

    @Test func `is frozen, callers are told within two seconds, and service goes on when it thaws`() async throws {
        try await withServer { server, database in
            try await database.run(Self.schema)
            try await whileInserting(into: database) { log in
                try await server.freeze()
                try await eventually { log.errors.withLock { $0.count > 100 } }
                try await server.thaw()
            }
        }
    }

    @Test func `is frozen in the middle of a stream, its reader is told as well`() async throws {
        try await withServer { server, database in
            let (error, time) = await failure { () async throws(DatabaseError) in
                do {
                    var isFrozen = false
                    try await database.stream("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)") { _ in
                        if !isFrozen { try await server.freeze() }
                        isFrozen = true
                    }
                } catch let error as DatabaseError { throw error } catch { Issue.record(error) }
            }
            #expect(error?.isUnavailability == true)
            #expect(time < soon + .seconds(1))
            try await server.thaw()
            try await eventually(within: .seconds(5)) { (try? await database.ping()) != nil }
        }
    }

    @Test func `is not there at all, callers are told soon, and it is found when it comes`() async throws {
        try await withServer(isStarted: false) { server, database in
            let first = await failure { () async throws(DatabaseError) in try await database.ping() }
            #expect(first.error?.isUnavailability == true)
            #expect(first.after < soon)
            try await eventually("a refusal at once") {
                await failure { () async throws(DatabaseError) in try await database.ping() }.after < .milliseconds(100)
            }
            try await server.start()
            try await eventually(within: .seconds(5)) { (try? await database.ping()) != nil }
        }
    }

    @Test func `is only slow, its answers are waited for`() async throws {
        try await withServer { _, database in
            let slow = try await database.query("SELECT 1 FROM pg_sleep(2.5)")
            #expect(slow.count == 1)
        }
    }

    @Test func `loses a listener, it listens again`() async throws {
        final class Heard: Sendable { let notices = Lock<[Notice]>([]) }
        try await withServer { server, database in
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await database.listen(to: "news") { notice in heard.notices.withLock { $0.append(notice) } }
                }
                try await eventually { heard.notices.withLock { $0 == [.listening] } }
                try await server.kill()
                try await server.start()
                try await eventually("to be listened to again") {
                    heard.notices.withLock { $0.count { $0 == .listening } > 1 }
                }
                // On a busy machine the new connection may be lost as well, and what is said meanwhile with it.
                try await eventually("to be heard") {
                    try? await database.notify("news", "again")
                    return heard.notices.withLock { $0.contains(.notified("again")) }
                }
                group.cancelAll()
            }
        }
    }
}
