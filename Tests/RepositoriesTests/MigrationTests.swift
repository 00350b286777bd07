import Testing
import TradewindDomain
import TradewindPersistence
import TradewindTesting

@Suite struct `Migrations` {
    private static let first = Migration(1, "birds", "CREATE TABLE birds (name text NOT NULL)")
    private static let second = Migration(2, "songs", "ALTER TABLE birds ADD COLUMN song text")

    @Test(arguments: Storage.allCases) func `are applied once, in order`(storage: Storage) async throws {
        try await storage.use { database in
            let migrator = Migrator(database)
            let one = MigrationSet("zoo", [Self.first])
            #expect(try await migrator.migrate(one, at: .noon) == ["0001_birds"])
            let both = MigrationSet("zoo", [Self.first, Self.second])
            #expect(try await migrator.status(both).map(\.state) == [.applied(.noon), .pending])
            #expect(try await migrator.migrate(both, at: .noon) == ["0002_songs"])
            #expect(try await migrator.migrate(both, at: .noon) == [])
            try await database.execute("INSERT INTO birds (name, song) VALUES ('wren', 'loud')")
        }
    }

    @Test(arguments: Storage.allCases) func `that were changed after they were applied stop the start by name`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let migrator = Migrator(database)
            try await migrator.migrate(.init("zoo", [Self.first]), at: .noon)
            let changed = MigrationSet("zoo", [Migration(1, "birds", "CREATE TABLE birds (name text)")])
            await #expect(throws: MigrationError.changed(owner: "zoo", title: "0001_birds")) {
                try await migrator.migrate(changed, at: .noon)
            }
            #expect(try await migrator.status(changed).map(\.state) == [.changed])
        }
    }

    @Test(arguments: Storage.allCases) func `of a newer program stop an older one`(storage: Storage) async throws {
        try await storage.use { database in
            let migrator = Migrator(database)
            try await migrator.migrate(.init("zoo", [Self.first, Self.second]), at: .noon)
            await #expect(throws: MigrationError.unknown(owner: "zoo", number: 2, name: "songs")) {
                try await migrator.migrate(.init("zoo", [Self.first]), at: .noon)
            }
        }
    }

    @Test(arguments: Storage.allCases) func `that fail leave nothing behind and say which`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let bad = Migration(2, "broken", "ALTER TABLE nowhere ADD COLUMN song text")
            let migrator = Migrator(database)
            let failure = await #expect(throws: MigrationError.self) {
                try await migrator.migrate(.init("zoo", [Self.first, bad]), at: .noon)
            }
            guard case .failed("zoo", "0002_broken", _) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            let good = MigrationSet("zoo", [Self.first])
            let states = try await migrator.status(good).map(\.state)
            #expect(states == [.pending])
            #expect(try await migrator.migrate(good, at: .noon) == ["0001_birds"])
        }
    }

    @Test(arguments: Storage.allCases) func `of instances that start together are applied by one`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let set = MigrationSet("zoo", [Self.first, Self.second])
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<5 { group.addTask { try await Migrator(database).migrate(set, at: .noon) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied == ["0001_birds", "0002_songs"])
        }
    }

    @Test func `must count up from one`() async throws {
        try await Storage.memory.use { database in
            await #expect(throws: MigrationError.misnumbered(owner: "zoo", title: "0002_songs", expected: 1)) {
                try await Migrator(database).migrate(.init("zoo", [Self.second]), at: .noon)
            }
        }
    }

    @Test(arguments: Storage.allCases) func `are looked at without a trace`(storage: Storage) async throws {
        try await storage.use { database in
            let states = try await Migrator(database).status(.init("zoo", [Self.first])).map(\.state)
            #expect(states == [.pending])
            await #expect(throws: DatabaseError.self) { try await database.query("SELECT 1 FROM schema_migrations") }
        }
    }

    @Test(arguments: Storage.allCases) func `of a newer program are listed as unknown`(storage: Storage) async throws {
        try await storage.use { database in
            try await Migrator(database).migrate(.init("zoo", [Self.first, Self.second]), at: .noon)
            let status = try await Migrator(database).status(.init("zoo", [Self.first]))
            #expect(status.map(\.title) == ["0001_birds", "0002_songs"])
            #expect(status.map(\.state) == [.applied(.noon), .unknown])
        }
    }
}
