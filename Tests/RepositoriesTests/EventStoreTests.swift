import Testing
import TradewindDomain
import TradewindPersistence
import TradewindRepositories
import TradewindTesting

@Suite struct `An event-sourced aggregate` {
    private func bought(_ garage: Garage) async throws {
        try await garage.work { work in
            _ = try garage.lorries.begin(Lorry.id, with: [.bought(plate: "TW 1")], in: work)
        }
    }

    private func paint(_ garage: Garage, _ colour: String) async throws {
        try await garage.work { work in
            try await garage.lorries.update(Lorry.id, in: work) { try $0.paint(colour) }
        }
    }

    @Test(arguments: Storage.allCases) func `is what its events make of it`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            try await bought(garage)
            for colour in ["red", "blue"] { try await paint(garage, colour) }
            let lorry = try await garage.lorries.load(Lorry.id, in: database)
            #expect(lorry.colours == ["red", "blue"])
            #expect(lorry.version == Version(3))
        }
    }

    @Test(arguments: Storage.allCases) func `is loaded from a snapshot and what came after it`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            try await bought(garage)
            for number in 1...24 { try await paint(garage, "\(number)") }
            let snapshot = try await database.query("SELECT version FROM snapshots").first?.decode(0, as: Int.self)
            #expect(snapshot == 20)
            try await database.execute("DELETE FROM events WHERE version <= 20")
            let lorry = try await garage.lorries.load(Lorry.id, in: database)
            #expect(lorry.colours == (1...24).map(String.init))
            #expect(lorry.version == Version(25))
        }
    }

    @Test(arguments: Storage.allCases) func `is appended to by one of two who saw the same version`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            try await bought(garage)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 1...8 {
                    group.addTask {
                        do {
                            try await paint(garage, "\(number)")
                            return "painted"
                        } catch { return error is VersionConflict ? "conflict" : "\(error)" }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            let lorry = try await garage.lorries.load(Lorry.id, in: database)
            #expect(Set(outcomes.keys).isSubset(of: ["painted", "conflict"]))
            #expect(lorry.colours.count == outcomes["painted"])
            #expect(lorry.version == Version(Int64(lorry.colours.count) + 1))
        }
    }

    @Test(arguments: Storage.allCases) func `that nobody began is not found`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            await #expect(throws: NotFound.self) { try await garage.lorries.load(Lorry.id, in: database) }
        }
    }

    @Test(arguments: Storage.allCases) func `has a read model that can be made again`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            try await bought(garage)
            for colour in ["red", "blue"] { try await paint(garage, colour) }
            #expect(try await garage.colour() == "blue")
            try await database.execute("UPDATE colours SET colour = 'wrong'")
            #expect(try await Colours().rebuild(in: database) == 3)
            #expect(try await garage.colour() == "blue")
        }
    }
}
