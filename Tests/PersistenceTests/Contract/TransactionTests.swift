import Testing
import TradewindPersistence
import TradewindTesting

@Suite struct `A transaction` {
    private struct ChangeOfMind: Error {}

    private func withAccounts(
        _ kind: Storage, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        try await kind.use { db in
            try await db.run(
                """
                CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL);
                INSERT INTO accounts VALUES (1, 100), (2, 100)
                """)
            try await body(db)
        }
    }

    private func balance(_ session: any Session, of id: Int) async throws -> Int {
        try await session.query("SELECT balance FROM accounts WHERE id = \(id)")[0].decode(0)
    }

    private func expectBalance(
        _ expected: Int, of id: Int, _ session: any Session, at place: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await balance(session, of: id)
        #expect(found == expected, sourceLocation: place)
    }

    @Test(arguments: Storage.allCases) func `takes effect as a whole`(kind: Storage) async throws {
        try await withAccounts(kind) { db in
            let sum = try await db.transaction { tx in
                try await tx.execute("UPDATE accounts SET balance = balance - 30 WHERE id = 1")
                try await tx.execute("UPDATE accounts SET balance = balance + 30 WHERE id = 2")
                return try await balance(tx, of: 1) + balance(tx, of: 2)
            }
            #expect(sum == 200)
            try await expectBalance(130, of: 2, db)
        }
    }

    @Test(arguments: Storage.allCases) func `that is left by an error never was`(
        kind: Storage
    ) async throws {
        try await withAccounts(kind) { db in
            await #expect(throws: ChangeOfMind.self) {
                try await db.transaction { tx in
                    try await tx.execute("UPDATE accounts SET balance = 0")
                    throw ChangeOfMind()
                }
            }
            try await expectBalance(100, of: 1, db)
        }
    }

    @Test(arguments: Storage.allCases)
    func `in which a statement failed is not committed, whoever hid the error`(
        kind: Storage
    ) async throws {
        try await withAccounts(kind) { db in
            await #expect(throws: DatabaseError.self) {
                try await db.transaction { tx in
                    try await tx.execute("UPDATE accounts SET balance = 0 WHERE id = 1")
                    _ = try? await tx.execute("INSERT INTO accounts VALUES (\(1), \(1))")
                }
            }
            try await expectBalance(100, of: 1, db)
        }
    }

    @Test(arguments: Storage.allCases) func `that is cancelled never was`(kind: Storage)
        async throws
    {
        try await withAccounts(kind) { db in
            await #expect(throws: (any Error).self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await db.transaction { tx in
                            try await tx.execute("UPDATE accounts SET balance = 0")
                            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                            _ = try await balance(tx, of: 1)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await expectBalance(100, of: 1, db)
            #expect(try await db.execute("UPDATE accounts SET balance = 7") == 2)
        }
    }

    @Test(arguments: Storage.allCases) func `is unseen by others until its end`(kind: Storage)
        async throws
    {
        try await withAccounts(kind) { db in
            try await db.transaction { tx in
                try await tx.execute("UPDATE accounts SET balance = 1 WHERE id = 1")
                try await expectBalance(100, of: 1, db)
            }
            try await expectBalance(1, of: 1, db)
        }
    }

    @Test(arguments: Storage.allCases) func `with repeatable reads sees one moment`(
        kind: Storage
    ) async throws {
        try await withAccounts(kind) { db in
            try await db.transaction(TransactionOptions(isolation: .repeatableRead, isReadOnly: true)) { tx in
                let before = try await balance(tx, of: 1)
                try await db.execute("UPDATE accounts SET balance = 5 WHERE id = 1")
                try await expectBalance(before, of: 1, tx)
            }
        }
    }

    @Test(arguments: Storage.allCases) func `of several that race loses no update`(
        kind: Storage
    ) async throws {
        try await withAccounts(kind) { db in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let options = TransactionOptions(isolation: .serializable, attempts: 200)
                        try await db.transaction(options) { tx in
                            let now = try await balance(tx, of: 1)
                            try await tx.execute("UPDATE accounts SET balance = \(now + 1) WHERE id = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await expectBalance(120, of: 1, db)
        }
    }

    @Test(arguments: Storage.allCases) func `of several that read a row for update loses none`(
        kind: Storage
    ) async throws {
        try await withAccounts(kind) { db in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await db.transaction { tx in
                            let rows = try await tx.query("SELECT balance FROM accounts WHERE id = 1 FOR UPDATE")
                            let now: Int = try rows[0].decode(0)
                            try await tx.commit(["UPDATE accounts SET balance = \(now + 1) WHERE id = 1"])
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await expectBalance(120, of: 1, db)
        }
    }

    @Test(arguments: Storage.allCases) func `that stands in a circle of waiting is tried again`(
        kind: Storage
    ) async throws {
        try await withAccounts(kind) { db in
            let meeting = Meeting(of: 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (first, second) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await db.transaction { tx in
                            try await tx.execute("UPDATE accounts SET balance = balance + 1 WHERE id = \(first)")
                            // Where there is one writer at a time, nobody else comes; the second attempt comes alone.
                            await meeting.wait(within: .milliseconds(300))
                            try await tx.execute("UPDATE accounts SET balance = balance + 1 WHERE id = \(second)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await expectBalance(102, of: 1, db)
            try await expectBalance(102, of: 2, db)
        }
    }

    @Test(arguments: Storage.allCases) func `gives up after as many attempts as it has`(
        kind: Storage
    ) async throws {
        try await withAccounts(kind) { db in
            var attempts = 0
            await #expect(throws: DatabaseError.deadlock) {
                try await db.transaction(TransactionOptions(attempts: 3)) { _ in
                    attempts += 1
                    throw DatabaseError.deadlock
                }
            }
            #expect(attempts == 3)
        }
    }
}
