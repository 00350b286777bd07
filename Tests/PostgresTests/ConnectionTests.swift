import Testing
import TradewindPersistence
import TradewindPostgres
import TradewindTesting

@Suite struct `A connection to PostgreSQL` {
    private func sleepers(_ database: PostgresDatabase) async throws -> Int {
        try await database.query(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
        )[0].decode(0)
    }

    @Test func `stops the statement of a task that is cancelled`() async throws {
        try await withServer({ $0.waitTimeout = .seconds(60) }) { _, database in
            for isTransaction in [false, true] {
                let task = Task {
                    if isTransaction {
                        try await database.transaction { tx in _ = try await tx.query("SELECT 1 FROM pg_sleep(60)") }
                    } else {
                        _ = try await database.query("SELECT 1 FROM pg_sleep(60)")
                    }
                }
                try await eventually { try await sleepers(database) == 1 }
                task.cancel()
                await #expect(throws: DatabaseError.cancelled) { try await task.value }
                try await eventually { try await sleepers(database) == 0 }
            }
            for _ in 0..<10 { try await database.ping() }
        }
    }

    @Test func `is not harmed by many cancellations`() async throws {
        try await withServer { _, database in
            for round in 0..<200 {
                let task = Task { try await database.query("SELECT \(round), pg_sleep(0.001)") }
                if round % 3 > 0 { await Task.yield() }
                task.cancel()
                _ = try? await task.value
                let answer = try await database.query("SELECT \(round)")[0].decode(0, as: Int.self)
                #expect(answer == round)
            }
        }
    }

    @Test func `ends a statement that takes too long`() async throws {
        try await withServer({ $0.statementTimeout = .milliseconds(200) }) { _, database in
            let (error, time) = await failure { () async throws(DatabaseError) in
                try await database.query("SELECT pg_sleep(60)")
            }
            #expect(error == .timeout)
            #expect(time < soon)
        }
    }

    @Test func `is shared fairly, waited for within limits and not beyond`() async throws {
        let limits: @Sendable (inout PostgresSettings) -> Void = {
            ($0.connections, $0.waitingLimit, $0.waitTimeout) = (1, 2, .milliseconds(300))
        }
        try await withServer(limits) { _, database in
            try await database.transaction { tx in
                _ = try await tx.query("SELECT 1")
                let results = await withTaskGroup(of: (DatabaseError?, Duration).self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            await failure { () async throws(DatabaseError) in try await database.query("SELECT 2") }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.allSatisfy { $0.0 == .poolExhausted })
                #expect(results.filter { $0.1 < .milliseconds(200) }.count == 1)
            }
            try await database.ping()
        }
    }

    @Test func `prepares anew what a change of the schema made stale`() async throws {
        try await withServer({ $0.connections = 1 }) { _, database in
            try await database.run("CREATE TABLE t (a bigint); INSERT INTO t VALUES (1)")
            func columns() async throws -> Int { try await database.query("SELECT * FROM t")[0].source.columns }
            let before = try await columns()
            try await database.run("ALTER TABLE t ADD COLUMN b text")
            let after = try await columns()
            try await database.run("DEALLOCATE ALL")
            let afterLoss = try await columns()
            #expect([before, after, afterLoss] == [1, 2, 2])
        }
    }

    @Test func `keeps no more prepared statements than it may`() async throws {
        try await withServer({ ($0.connections, $0.preparedStatements) = (1, 4) }) { _, database in
            var sql: SQL = "SELECT 1"
            for sum in 1...20 {
                let answer = try await database.query(sql)[0].decode(0, as: Int.self)
                #expect(answer == sum)
                if sum % 5 == 0 { _ = try? await database.query("SELECT 1 / 0") }
                sql = "\(sql) + 1"
            }
            let kept = try await database.query("SELECT count(*) FROM pg_prepared_statements")[0].decode(
                0, as: Int.self)
            #expect(kept <= 5)
        }
    }

    @Test func `reports a constraint that is looked at with the commit`() async throws {
        try await withServer { _, database in
            try await database.run(
                """
                CREATE TABLE a (id bigint PRIMARY KEY);
                CREATE TABLE b (a bigint CONSTRAINT b_a REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)
                """)
            let expected = DatabaseError.foreignKeyViolation(constraint: "b_a")
            await #expect(throws: expected) { try await database.execute("INSERT INTO b VALUES (\(1))") }
            await #expect(throws: expected) {
                try await database.transaction { tx in _ = try await tx.execute("INSERT INTO b VALUES (\(1))") }
            }
            try await database.batch(["INSERT INTO b VALUES (\(1))", "INSERT INTO a VALUES (\(1))"])
        }
    }

    @Test func `lets a slow statement keep no others waiting`() async throws {
        try await withServer { _, database in
            for _ in 0..<2 {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await database.query("SELECT count(*) FROM generate_series(1, 6000000)") }
                    for number in 0..<20 {
                        group.addTask {
                            let (error, time) = await failure { () async throws(DatabaseError) in
                                try await database.query("SELECT \(number)")
                            }
                            #expect(error == nil)
                            #expect(time < soon)
                        }
                    }
                }
            }
        }
    }

    @Test func `takes no more of a stream than its reader does`() async throws {
        try await withServer { _, database in
            var rows = 0
            try await database.stream("SELECT repeat('x', 1000) FROM generate_series(1, 200000)") { portion in
                rows += portion.count
                #expect(portion.count <= 256)
            }
            #expect(rows == 200_000)
        }
    }
}
