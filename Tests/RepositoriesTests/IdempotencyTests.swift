import Testing
import TradewindCQRS
import TradewindDomain
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import TradewindTesting

@Suite struct `Stored answers` {
    private struct Store: Sendable {
        let answers: DatabaseIdempotency
        let garage: Garage

        init(_ database: any Database) async throws {
            garage = try await Garage(database)
            answers = DatabaseIdempotency(database)
            try await Migrator(database).migrate(DatabaseIdempotency.migrations(), at: .noon)
        }

        func claim(_ key: String = "k", of body: String = "body") throws -> IdempotencyClaim {
            IdempotencyClaim(
                scope: .init(command: "Buy", caller: .anonymous, key: try IdempotencyKey(key)),
                fingerprint: Fingerprint(of: Array(body.utf8)), owner: Clockwork.live.newUUID())
        }

        func complete(_ claim: IdempotencyClaim, _ answer: String) async throws {
            try await garage.work { work in
                try await answers.complete(claim, with: Array(answer.utf8), at: .noon, in: work)
            }
            await answers.end(claim, committed: true)
        }
    }

    @Test(arguments: Storage.allCases) func `are given again to the same request and to no other`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            let first = try store.claim()
            #expect(try await store.answers.claim(first, at: .noon) == .reserved)
            #expect(try await store.answers.claim(store.claim(), at: .noon) == .busy)
            try await store.complete(first, "done")
            #expect(try await store.answers.claim(store.claim(), at: .noon) == .answered(Array("done".utf8)))
            #expect(try await store.answers.claim(store.claim(of: "other"), at: .noon) == .differs)
            #expect(try await store.answers.claim(store.claim("other"), at: .noon) == .reserved)
        }
    }

    @Test(arguments: Storage.allCases) func `are not kept of an attempt that failed`(storage: Storage) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            let first = try store.claim()
            #expect(try await store.answers.claim(first, at: .noon) == .reserved)
            await store.answers.end(first, committed: false)
            #expect(try await store.answers.claim(store.claim(), at: .noon) == .reserved)
        }
    }

    @Test(arguments: Storage.allCases) func `cannot be left by an attempt that was given up, nor its effects`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            let (dead, next) = (try store.claim(), try store.claim())
            #expect(try await store.answers.claim(dead, at: .noon) == .reserved)
            #expect(try await store.answers.claim(next, at: .noon + .seconds(61)) == .reserved)
            await #expect(throws: ReservationLost.self) {
                try await store.garage.work { work in
                    try work.add(Car(Clockwork.live.newID(), plate: "TW 1"), to: Car.table)
                    try await store.answers.complete(dead, with: [], at: .noon, in: work)
                }
            }
            #expect(try await database.query("SELECT id FROM cars").isEmpty)
            await store.answers.end(dead, committed: false)
            try await store.complete(next, "done")
            #expect(try await store.answers.claim(store.claim(), at: .noon) == .answered(Array("done".utf8)))
        }
    }

    @Test(arguments: Storage.allCases) func `are forgotten after a day`(storage: Storage) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            let first = try store.claim()
            #expect(try await store.answers.claim(first, at: .noon) == .reserved)
            try await store.complete(first, "done")
            #expect(try await store.answers.prune(at: .noon + .seconds(24 * 3600 - 1)) == 0)
            #expect(try await store.answers.prune(at: .noon + .seconds(24 * 3600)) == 1)
            #expect(try await store.answers.claim(store.claim(), at: .noon) == .reserved)
        }
    }

    @Test(arguments: Storage.allCases) func `are reserved by one of many who come at once`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            let reserved = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await store.answers.claim(store.claim(), at: .noon) == .reserved }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(reserved == 1)
        }
    }
}
