import Testing
import TradewindCQRS
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import TradewindTesting

struct ParcelSent: IntegrationEvent, Equatable {
    static let name: EventName = "parcel.sent"
    let parcel: String, number: Int
    var subject: String { parcel }
}

/// A broker that keeps what it is sent, and can be told to refuse keys or to be away.
final class Desk: Publisher {
    private struct State {
        var received: [(key: String, body: String)] = []
        var refusing: Set<String> = []
        var isAway = false
        var asked = 0
    }
    private let state = Lock(State())

    func publish(
        _ events: [Envelope], late: @escaping @Sendable (Int) -> Void
    ) async -> [PublishResult] {
        state.withLock { state in
            state.asked += 1
            if state.isAway { return events.map { _ in .unavailable("nobody is at the desk") } }
            return events.map { event in
                if state.refusing.contains(event.key) { return .refused("not this one") }
                state.received.append((event.key, String(decoding: event.body, as: UTF8.self)))
                return .acknowledged
            }
        }
    }

    func refuse(_ keys: Set<String>) { state.withLock { $0.refusing = keys } }
    func leave(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }
    var count: Int { state.withLock { $0.received.count } }
    var asked: Int { state.withLock { $0.asked } }
    func numbers(of key: String) -> [Int] {
        state.withLock { $0.received }.filter { $0.key == key }.compactMap { body in
            body.body.split(separator: "\"number\":").last?.prefix { $0.isNumber }.description
        }.compactMap { Int($0) }
    }
}

/// A service's storage: a database with its tables, a unit of work and a relay to the desk.
struct Office: Sendable {
    let database: any Database
    let desk = Desk()
    let clockwork: Clockwork
    let relay: OutboxRelay
    let work: DatabaseWork
    let reports = Reports()

    private init(on database: any Database, batch: Int) {
        self.database = database
        clockwork = .live
        var settings = OutboxRelay.Settings()
        settings.batch = batch
        relay = OutboxRelay(database, to: desk, clockwork: clockwork, settings: settings, report: reports.add)
        work = DatabaseWork(database, source: "office", clockwork: clockwork, bell: relay.bell)
    }

    /// Another instance of the same service.
    init(again other: Office) async throws { self.init(on: other.database, batch: 5) }

    init(_ database: any Database, batch: Int = 1_000) async throws {
        self.init(on: database, batch: batch)
        try await Migrator(database).migrate(.messaging(), at: clockwork.now())
        try await database.run(
            "CREATE TABLE parcels (name text PRIMARY KEY, weight bigint NOT NULL CHECK (weight > 0))")
    }

    func send(_ parcel: String, _ numbers: ClosedRange<Int> = 1...1) async throws {
        for number in numbers {
            try await work { work in
                try work.publish(ParcelSent(parcel: parcel, number: number), for: .nobody)
            }
        }
    }

    /// Runs the relay while `body` runs.
    func whileRelaying(_ body: () async throws -> Void) async throws {
        let running = Task { try await relay.run() }
        defer { running.cancel() }
        try await body()
    }

    func pending() async throws -> Int { try await Outbox(database).status().pending }
}

final class Reports: Sendable {
    private let lines = Lock<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

extension RequestContext {
    static let nobody = RequestContext(id: .given("request-1"), caller: .anonymous)
}
