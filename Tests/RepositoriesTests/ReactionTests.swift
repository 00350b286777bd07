import Testing
import TradewindCQRS
import TradewindDomain
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import TradewindTesting

private struct ParcelSent: IntegrationEvent {
    static let name: EventName = "parcel.sent"
    let parcel: String
    var subject: String { parcel }
}

private struct AlreadyOpen: Error {}

/// Counts parcels when it hears of them.
private struct Counting: Sendable {
    let database: any Database
    let work: DatabaseWork

    init(_ database: any Database) async throws {
        self.database = database
        try await Migrator(database).migrate(.messaging(), at: .noon)
        try await database.run("CREATE TABLE counts (parcel text PRIMARY KEY, count bigint NOT NULL)")
        work = DatabaseWork(database, source: "store", clockwork: .live, bell: Bell())
    }

    func hear(_ id: String, of parcel: String, by subscription: Subscription) async throws {
        let body = """
            {"specversion":"1.0","id":"\(id)","source":"s","type":"parcel.sent","requestid":"r",
            "data":{"parcel":"\(parcel)"}}
            """
        try await subscription.handle(
            Delivery(
                place: Place(Lane("parcel.sent", 0), 1), topic: "parcel.sent", key: parcel, body: Array(body.utf8)),
            nil)
    }

    func count(_ parcel: String) async throws -> Int {
        try await database.query("SELECT count FROM counts WHERE parcel = \(parcel)").first?.decode(0) ?? 0
    }

    var counting: Subscription {
        .reaction(to: ParcelSent.self, by: "counter", in: work) { event, work, _ in
            work.write(
                """
                INSERT INTO counts (parcel, count) VALUES (\(event.parcel), 1)
                ON CONFLICT (parcel) DO UPDATE SET count = counts.count + 1
                """)
        }
    }
}

@Suite struct `A reaction to an event` {
    @Test(arguments: Storage.allCases) func `takes effect once, however often the event comes`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let counting = try await Counting(database)
            for _ in 1...3 { try await counting.hear("e-1", of: "p", by: counting.counting) }
            #expect(try await counting.count("p") == 1)
            try await counting.hear("e-2", of: "p", by: counting.counting)
            #expect(try await counting.count("p") == 2)
        }
    }

    @Test(arguments: Storage.allCases) func `takes effect once when the event comes twice at the same time`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let counting = try await Counting(database)
            try await withThrowingTaskGroup { group in
                for _ in 1...8 {
                    group.addTask { try await counting.hear("e-1", of: "p", by: counting.counting) }
                }
                try await group.waitForAll()
            }
            #expect(try await counting.count("p") == 1)
        }
    }

    @Test(arguments: Storage.allCases) func `is not a failure when what it did already is refused a second time`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let counting = try await Counting(database)
            let opening = Subscription.reaction(to: ParcelSent.self, by: "opener", in: counting.work) {
                event, work, _ in
                let known = try await work.query("SELECT 1 FROM counts WHERE parcel = \(event.parcel)")
                guard known.isEmpty else { throw AlreadyOpen() }
                work.write("INSERT INTO counts (parcel, count) VALUES (\(event.parcel), 1)")
            }
            try await counting.hear("e-1", of: "p", by: opening)
            try await counting.hear("e-1", of: "p", by: opening)
            await #expect(throws: AlreadyOpen.self) { try await counting.hear("e-2", of: "p", by: opening) }
        }
    }

    @Test(arguments: Storage.allCases) func `that fails leaves nothing and can be tried again`(
        storage: Storage
    ) async throws {
        try await storage.use { database in
            let counting = try await Counting(database)
            let failing = Subscription.reaction(to: ParcelSent.self, by: "counter", in: counting.work) {
                event, work, _ in
                work.write("INSERT INTO counts (parcel, count) VALUES (\(event.parcel), 100)")
                throw AlreadyOpen()
            }
            await #expect(throws: AlreadyOpen.self) { try await counting.hear("e-1", of: "p", by: failing) }
            try await counting.hear("e-1", of: "p", by: counting.counting)
            #expect(try await counting.count("p") == 1)
        }
    }
}
