import Testing
import TradewindCQRS
import TradewindDomain
import TradewindEmbedded
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

/// One process: services with their databases, a broker between them.
struct House: Sendable {
    let database: any Database
    let broker: EmbeddedBroker
    let relay: OutboxRelay
    let work: DatabaseWork

    init(_ database: any Database) async throws {
        self.database = database
        for set in [MigrationSet.messaging(), EmbeddedBroker.migrations] {
            try await Migrator(database).migrate(set, at: Clockwork.live.now())
        }
        broker = EmbeddedBroker(deadLetters: database)
        var settings = OutboxRelay.Settings()
        settings.batch = 16
        settings.inHand = 64
        relay = OutboxRelay(database, to: broker, clockwork: .live, settings: settings)
        work = DatabaseWork(database, source: "store", clockwork: .live, bell: relay.bell)
    }

    func send(_ parcel: String, _ number: Int) async throws {
        try await work { work in
            try work.publish(
                ParcelSent(parcel: parcel, number: number), for: RequestContext(id: .given("r"), caller: .anonymous))
        }
    }

    func pending() async throws -> Int { try await Outbox(database).status().pending }

    /// Runs relay and consumer while `body` runs. One that dies does not finish what it has in hand.
    func running(
        _ subscriptions: [Subscription], settings: Consumer.Settings = Consumer.Settings(), dying: Bool = false,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let consumer = Consumer("office", on: broker, subscriptions, settings: settings, clockwork: .live)
        let (joined, hasJoined) = AsyncStream<Void>.makeStream()
        let consuming = Task { await consumer.run { hasJoined.finish() } }
        for await _ in joined {}
        let relaying = Task { try await relay.run() }
        defer { relaying.cancel() }
        try await body()
        if dying { consuming.cancel() } else { consumer.stop() }
        await consuming.value
    }
}

@Suite struct `On the embedded broker an event` {
    @Test func `stays in the outbox until every group has handled it`() async throws {
        try await Storage.memory.open { database in
            let house = try await House(database)
            let (goOn, mayGoOn) = AsyncStream<Void>.makeStream()
            let handled = Lock<[Int]>([])
            let subscription = Subscription.on(ParcelSent.self) { received in
                for await _ in goOn {}
                handled.withLock { $0.append(received.event.number) }
            }
            try await house.running([subscription]) {
                for number in 1...5 { try await house.send("a", number) }
                let backlog = { try await house.broker.backlog(of: "office", ["parcel.sent"])["parcel.sent"] }
                try await eventually("the events in hand") { try await backlog() == 5 }
                #expect(try await house.pending() == 5)
                mayGoOn.finish()
                try await eventually("an empty outbox") { try await house.pending() == 0 }
            }
            #expect(handled.withLock(\.self) == [1, 2, 3, 4, 5])
        }
    }

    @Test func `that fails again and again does not hold up those of other keys`() async throws {
        try await Storage.memory.open { database in
            let house = try await House(database)
            let handled = Lock(0)
            var settings = Consumer.Settings()
            settings.retry.shortest = .seconds(60)
            settings.retry.longest = .seconds(60)
            let subscription = Subscription.on(ParcelSent.self) { received in
                if received.event.parcel == "bad" { throw CancellationError() }
                handled.withLock { $0 += 1 }
            }
            try await house.running([subscription], settings: settings) {
                try await house.send("bad", 1)
                // More than the relay may have in hand at a time.
                for number in 1...200 { try await house.send("good-\(number)", number) }
                try await eventually("all others") { handled.withLock(\.self) == 200 }
                try await eventually("one row left") { try await house.pending() == 1 }
            }
        }
    }

    @Test func `that was in hand when the process died comes again`() async throws {
        try await Storage.memory.open { database in
            let first = try await House(database)
            try await first.running(
                [.on(ParcelSent.self) { _ in try await Task.sleep(for: .seconds(3_600)) }], dying: true
            ) {
                try await first.send("a", 1)
                try await eventually("the event in hand") {
                    try await first.broker.backlog(of: "office", ["parcel.sent"])["parcel.sent"] == 1
                }
            }
            let second = try await House(database)
            let handled = Lock<[Int]>([])
            try await second.running([
                .on(ParcelSent.self) { received in handled.withLock { $0.append(received.event.number) } }
            ]) {
                try await eventually("the event") { handled.withLock(\.self) == [1] }
                try await eventually("an empty outbox") { try await second.pending() == 0 }
            }
        }
    }

    @Test func `that nobody listens to is published at once`() async throws {
        try await Storage.memory.open { database in
            let house = try await House(database)
            try await house.running([Subscription("other") { _ in }]) {
                try await house.send("a", 1)
                try await eventually("an empty outbox") { try await house.pending() == 0 }
            }
        }
    }
}
