import Testing
import TradewindDomain
import TradewindPersistence
import TradewindRepositories
import TradewindTesting

@Suite struct `An aggregate in a table` {
    @Test(arguments: Storage.allCases) func `is stored, changed and counted on`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            let id = try await garage.buy("TW 1")
            let (car, events) = try await garage.work { work in
                try await work.update(id, in: Car.table) { try $0.paint("red") }
            }
            #expect(events == [.painted("red")])
            #expect(car.version == Version(2))
            #expect(try await garage.car(id) == car)
        }
    }

    @Test(arguments: Storage.allCases) func `that is not there is not found`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            let id = CarID(UUID(high: 0, low: 1))
            await #expect(throws: NotFound("car", id)) {
                try await garage.work { try await $0.update(id, in: Car.table) { try $0.sell() } }
            }
        }
    }

    @Test(arguments: Storage.allCases) func `stays as it was when its rule is broken`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            let id = try await garage.buy("TW 1")
            try await garage.work { try await $0.update(id, in: Car.table) { try $0.sell() } }
            await #expect(throws: CarError.soldCarsStaySold) {
                try await garage.work { try await $0.update(id, in: Car.table) { try $0.paint("red") } }
            }
            #expect(try await garage.car(id).version == Version(2))
        }
    }

    @Test(arguments: Storage.allCases) func `is not stored again when nothing happened`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            let id = try await garage.buy("TW 1")
            try await garage.work { try await $0.update(id, in: Car.table) { try $0.paint("grey") } }
            #expect(try await garage.car(id).version == Version(1))
        }
    }

    @Test(arguments: Storage.allCases) func `is refused to who saw another version`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            let id = try await garage.buy("TW 1")
            await #expect(throws: VersionConflict("car", id, expected: Version(7))) {
                try await garage.work {
                    try await $0.update(id, in: Car.table, expected: Version(7)) { try $0.sell() }
                }
            }
        }
    }

    @Test(arguments: Storage.allCases) func `says by its own rule what a unique constraint means`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            _ = try await garage.buy("TW 1")
            await #expect(throws: CarError.plateIsTaken("TW 1")) { try await garage.buy("TW 1") }
        }
    }

    @Test(arguments: Storage.allCases) func `loses no change of many at once`(storage: Storage) async throws {
        try await storage.use { database in
            let garage = try await Garage(database)
            let id = try await garage.buy("TW 1")
            try await withThrowingTaskGroup { group in
                for number in 1...20 {
                    group.addTask {
                        try await garage.work { try await $0.update(id, in: Car.table) { try $0.paint("\(number)") } }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await garage.car(id).version == Version(21))
        }
    }
}
