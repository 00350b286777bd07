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
                command: "Buy", caller: .anonymous, key: try IdempotencyKey(key),
                fingerprint: Fingerprint(of: Array(body.utf8)))
        }

        /// Buys a car and keeps the answer, together.
        func buy(_ plate: String, for claim: IdempotencyClaim, answering answer: String = "done") async throws {
            try await garage.work { work in
                try work.add(Car(Clockwork.live.newID(), plate: plate), to: Car.table)
                answers.keep(Array(answer.utf8), for: claim, at: .noon, in: work)
            }
        }
    }

    @Test(arguments: Storage.allCases) func `are given again to the same request and to no other`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            #expect(try await store.answers.answer(to: store.claim()) == nil)
            try await store.buy("TW 1", for: store.claim())
            #expect(try await store.answers.answer(to: store.claim()) == .answer(Array("done".utf8)))
            #expect(try await store.answers.answer(to: store.claim(of: "other")) == .ofAnotherRequest)
            #expect(try await store.answers.answer(to: store.claim("other")) == nil)
        }
    }

    @Test(arguments: Storage.allCases) func `are not kept of an attempt that failed`(storage: Storage) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            await #expect(throws: DidNotHappen.self) {
                try await store.garage.work { work in
                    store.answers.keep([], for: try store.claim(), at: .noon, in: work)
                    throw DidNotHappen("the command failed")
                }
            }
            #expect(try await store.answers.answer(to: store.claim()) == nil)
        }
    }

    @Test(arguments: Storage.allCases) func `are kept by one of many who come at once, whose effects are the only ones`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            let kept = await withTaskGroup(of: String?.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        let plate = "TW \(number)"
                        return (try? await store.buy(plate, for: store.claim(), answering: plate)).map { plate }
                    }
                }
                return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
            }
            #expect(kept.count == 1)
            let bought = try await database.query("SELECT plate FROM cars").map { try $0.decode(0, as: String.self) }
            #expect(bought == kept)
            #expect(try await store.answers.answer(to: store.claim()) == .answer(Array(kept.joined().utf8)))
        }
    }

    @Test(arguments: Storage.allCases) func `are forgotten after a day`(storage: Storage) async throws {
        try await storage.use { database in
            let store = try await Store(database)
            try await store.buy("TW 1", for: store.claim())
            #expect(try await store.answers.prune(at: .noon + .seconds(24 * 3600 - 1)) == 0)
            #expect(try await store.answers.prune(at: .noon + .seconds(24 * 3600)) == 1)
            #expect(try await store.answers.answer(to: store.claim()) == nil)
        }
    }
}
