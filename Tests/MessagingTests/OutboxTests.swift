import Testing
import TradewindDomain
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindTesting

@Suite struct `Events of a committed command` {
    @Test(arguments: Storage.allCases) func `arrive in the order of their key, and are forgotten`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let office = try await Office(database, batch: 7)
            try await office.whileRelaying {
                for number in 1...40 { for key in ["a", "b"] { try await office.send(key, number...number) } }
                try await eventually("all events") { office.desk.count == 80 }
                try await eventually("an empty outbox") { try await office.pending() == 0 }
            }
            #expect(office.desk.numbers(of: "a") == Array(1...40))
            #expect(office.desk.numbers(of: "b") == Array(1...40))
        }
    }

    @Test(arguments: Storage.allCases) func `do not exist when it fails, and neither does its state`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            await #expect(throws: DatabaseError.self) {
                try await office.work { work in
                    try work.publish(ParcelSent(parcel: "a", number: 1), for: .nobody)
                    work.write("INSERT INTO parcels (name, weight) VALUES ('good', 1)")
                    work.write("INSERT INTO parcels (name, weight) VALUES ('bad', 0)")
                }
            }
            await #expect(throws: CancellationError.self) {
                try await office.work { work in
                    work.write("INSERT INTO parcels (name, weight) VALUES ('good', 1)")
                    try work.publish(ParcelSent(parcel: "a", number: 1), for: .nobody)
                    throw CancellationError()
                }
            }
            #expect(try await office.pending() == 0)
            #expect(try await database.query("SELECT name FROM parcels").isEmpty)
        }
    }

    @Test(arguments: Storage.allCases) func `are CloudEvents that carry the request's names`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            try await office.send("p-1")
            let body: [UInt8] = try await database.query("SELECT body FROM outbox").first?.decode(0) ?? []
            let event = try JSONText(bytes: body).decode(Sent.self)
            #expect(event.specversion == "1.0" && event.source == "office" && event.type == "parcel.sent")
            #expect(event.subject == "p-1" && event.requestid == "request-1" && event.dataschema == "parcel.sent/v1")
            #expect(event.data == ParcelSent(parcel: "p-1", number: 1))
        }
    }

    private struct Sent: Decodable {
        let specversion: String, source: String, type: String, subject: String, requestid: String, dataschema: String
        let data: ParcelSent
    }

    @Test(arguments: Storage.allCases) func `wait for a broker that is away and then arrive in order`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            office.desk.leave(true)
            try await office.whileRelaying {
                try await office.send("a", 1...5)
                try await eventually("an attempt") { office.desk.asked > 0 }
                #expect(try await office.pending() == 5)
                office.desk.leave(false)
                try await eventually("the events") { office.desk.count == 5 }
            }
            #expect(office.desk.numbers(of: "a") == Array(1...5))
            #expect(office.reports.all.first == "events cannot be published: nobody is at the desk")
        }
    }

    @Test(arguments: Storage.allCases) func `of a refused key are held, those of others go on, and why is visible`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let office = try await Office(database, batch: 3)
            office.desk.refuse(["bad"])
            try await office.whileRelaying {
                try await office.send("bad", 1...7)
                try await office.send("good", 1...7)
                try await eventually("the good ones") { office.desk.count == 7 }
                #expect(office.desk.numbers(of: "good") == Array(1...7))
                try await eventually("seven held ones") { try await office.pending() == 7 }
                try await eventually("a recorded refusal") {
                    try await database.execute("UPDATE outbox SET attempts = 10 WHERE attempts > 0") == 1
                }
                #expect(try await Outbox(database).status().stuck == 1)
                let stuck = try await Outbox(database).stuck()
                #expect(stuck.map(\.key) == ["bad"] && stuck.map(\.failure) == ["not this one"])
                office.desk.refuse([])
                try await eventually("the others") { office.desk.count == 14 }
                #expect(office.desk.numbers(of: "bad") == Array(1...7))
            }
        }
    }

    @Test(arguments: Storage.allCases) func `that were refused are tried again at once when somebody says so`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            office.desk.refuse(["bad"])
            try await office.send("bad", 1...3)
            try await office.whileRelaying {
                // Refused so often, it would not be tried again for several seconds.
                try await eventually("growing pauses") {
                    try await database.query("SELECT 1 FROM outbox WHERE attempts >= 7").count == 1
                }
                office.desk.refuse([])
                #expect(try await Outbox(database).replay() == 1)
                try await eventually(within: .seconds(3), "the events") { office.desk.count == 3 }
                #expect(office.desk.numbers(of: "bad") == [1, 2, 3])
            }
        }
    }

    @Test func `that are being published when the relay has to stop are settled first`() async throws {
        try await Storage.memory.use { database in
            let office = try await Office(database)
            try await office.send("a", 1...3)
            let running = Task { try await office.relay.run() }
            try await eventually("the events") { office.desk.count == 3 }
            office.relay.stop()
            try await running.value
            #expect(try await office.pending() == 0)
        }
    }

    @Test func `hold nobody up who has to stop while the broker is away`() async throws {
        try await Storage.memory.use { database in
            let office = try await Office(database)
            office.desk.leave(true)
            try await office.send("a")
            let running = Task { try await office.relay.run() }
            try await eventually("pauses of seconds") { office.desk.asked >= 5 }
            let clock = ContinuousClock(), start = clock.now
            office.relay.stop()
            try await running.value
            #expect(clock.now - start < .milliseconds(900))
        }
    }

    @Test(arguments: Storage.allCases) func `of an instance that died are published by the next`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let dead = try await Office(database)
            try await dead.send("a", 1...3)
            let next = try await Office(again: dead)
            try await next.whileRelaying {
                // Nobody rings: it looks by itself.
                try await eventually("the events") { next.desk.count == 3 }
            }
        }
    }

    @Test func `are published once by two instances on one database, in order`() async throws {
        try await Storage.postgres.use { database in
            let one = try await Office(database, batch: 5)
            let two = try await Office(again: one)
            try await one.whileRelaying {
                try await two.whileRelaying {
                    for number in 1...100 {
                        try await (number.isMultiple(of: 2) ? one : two).send("a", number...number)
                    }
                    try await eventually("all events") { one.desk.count + two.desk.count >= 100 }
                    try await eventually("an empty outbox") { try await one.pending() == 0 }
                }
            }
            let (a, b) = (one.desk.numbers(of: "a"), two.desk.numbers(of: "a"))
            #expect((a + b).sorted() == Array(1...100))
            #expect(a == a.sorted() && b == b.sorted())
        }
    }
}

@Suite struct `An inbox` {
    @Test(arguments: Storage.allCases) func `lets a message in once for each consumer`(storage: Storage) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            var answers: [Bool] = []
            for consumer in ["stock", "stock", "bills"] {
                answers.append(try await office.work { try await $0.isFirst("m-1", for: consumer) })
            }
            #expect(answers == [true, false, true])
        }
    }

    @Test(arguments: Storage.allCases) func `forgets a message whose handling failed`(storage: Storage) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            await #expect(throws: CancellationError.self) {
                try await office.work { work in
                    _ = try await work.isFirst("m-1", for: "stock")
                    throw CancellationError()
                }
            }
            #expect(try await office.work { try await $0.isFirst("m-1", for: "stock") })
        }
    }

    @Test(arguments: Storage.allCases) func `lets one of two in who come at once`(storage: Storage) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            let first = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { try await office.work { try await $0.isFirst("m", for: "stock") } } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(first == 1)
        }
    }

    @Test(arguments: Storage.allCases) func `forgets what is old`(storage: Storage) async throws {
        try await storage.use { database in
            let office = try await Office(database)
            for number in 1...25 { _ = try await office.work { try await $0.isFirst("m-\(number)", for: "stock") } }
            let middle = office.clockwork.now()
            for number in 26...30 { _ = try await office.work { try await $0.isFirst("m-\(number)", for: "stock") } }
            #expect(try await Inbox.prune(before: middle, in: database, portion: 10) == 25)
            #expect(try await database.query("SELECT message FROM inbox").count == 5)
        }
    }
}
