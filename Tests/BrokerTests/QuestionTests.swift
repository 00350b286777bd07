import Testing
import TradewindCQRS
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindPersistence
import TradewindRuntime
import TradewindTesting

private struct PriceAsked: Question, Equatable {
    typealias Answer = Int
    static let name: EventName = "parcel.price"
    let parcel: String
    var subject: String { parcel }
}

private let request = RequestContext(id: .given("r-1"), caller: .anonymous)

/// One after the other, because all ask the same.
@Suite(.serialized) struct `A question through the broker` {
    private func asking(
        _ site: Site, _ answer: @escaping @Sendable (Received<PriceAsked>) async throws -> Int,
        _ body: @Sendable (Asker) async throws -> Void
    ) async throws {
        // A new group hears what was asked before it, too.
        let own: @Sendable (Received<PriceAsked>) async throws -> Int = { received in
            guard received.event.parcel.hasPrefix(site.suffix) else { throw Failed() }
            return try await answer(received)
        }
        let subscription = Subscription.answering(PriceAsked.self, through: site.broker, clockwork: .live, own)
        let asker = Asker("store", on: site.broker, clockwork: .live)
        try await site.consuming("prices", [subscription]) { _ in
            try await withThrowingTaskGroup { group in
                group.addTask { await asker.run() }
                try await eventually("an ear for answers") { asker.isListening }
                try await body(asker)
                group.cancelAll()
            }
        }
    }

    @Test(arguments: Carrier.allCases) func `is answered, many at a time each with its own answer`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            try await asking(site) { received in
                #expect(received.request.id == .given("r-1") && received.request.deadline != nil)
                return Int(received.event.parcel.split(separator: "-").last ?? "") ?? 0
            } _: { asker in
                try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                    for number in 0..<50 {
                        let question = PriceAsked(parcel: "\(site.suffix)-\(number)")
                        group.addTask { (number, try await asker.ask(question, within: .seconds(60), for: request)) }
                    }
                    for try await (number, answer) in group { #expect(answer == number) }
                }
            }
        }
    }

    @Test(arguments: Carrier.allCases) func `that is declined comes back at once with the reason`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let calls = Lock(0)
            try await asking(site) { _ in
                calls.withLock { $0 += 1 }
                throw Refusal.forbidden
            } _: { asker in
                let failure = await #expect(throws: BrokerFailure.self) {
                    try await asker.ask(PriceAsked(parcel: site.suffix), within: .seconds(60), for: request)
                }
                #expect(failure?.kind == .refused && failure?.description.contains("forbidden") == true)
            }
            #expect(calls.withLock(\.self) == 1)
            #expect(try await site.broker.deadLetters.list([PriceAsked.name], limit: 10).isEmpty)
        }
    }

    @Test(arguments: Carrier.allCases) func `is tried again while what its answer takes is away`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let calls = Lock(0)
            try await asking(site) { _ in
                let count = calls.withLock { calls in
                    calls += 1
                    return calls
                }
                if count < 3 { throw DatabaseError.unavailable("starting") }
                return count
            } _: { asker in
                let answer = try await asker.ask(
                    PriceAsked(parcel: site.suffix), within: .seconds(60), for: request)
                #expect(answer == 3)
            }
        }
    }

    @Test(arguments: Carrier.allCases) func `that nobody answers ends with its time`(carrier: Carrier) async throws {
        try await carrier.use { site in
            let (held, letGo) = AsyncStream<Void>.makeStream()
            try await asking(site) { _ in
                for await _ in held {}
                return 1
            } _: { asker in
                let clock = ContinuousClock(), start = clock.now
                let failure = await #expect(throws: BrokerFailure.self) {
                    try await asker.ask(PriceAsked(parcel: site.suffix), within: .milliseconds(200), for: request)
                }
                #expect(failure?.kind == .unavailable && failure?.description.contains("parcel.price") == true)
                #expect(clock.now - start >= .milliseconds(200))
                letGo.finish()
            }
        }
    }

    @Test func `is not asked by who could not hear the answer`() async throws {
        try await Carrier.embedded.use { site in
            let asker = Asker("store", on: site.broker, clockwork: .live)
            let failure = await #expect(throws: BrokerFailure.self) {
                try await asker.ask(PriceAsked(parcel: "p"), within: .seconds(60), for: request)
            }
            #expect(failure?.kind == .unavailable)
        }
    }

    @Test func `that comes too late is passed over`() async throws {
        try await Carrier.embedded.use { site in
            let calls = Lock(0)
            let subscription = Subscription.answering(PriceAsked.self, through: site.broker, clockwork: .live) { _ in
                calls.withLock { $0 += 1 }
                return 1
            }
            let event = try Envelope(PriceAsked(parcel: "p"), id: .zero, source: "store", at: .noon, for: request)
            let deliver = { (deadline: Timestamp) in
                try await subscription.handle(
                    Delivery(
                        place: Place(Lane(event.topic, 0), 1), topic: event.topic, key: event.key, body: event.body,
                        headers: ["question": "\(UUID.zero)", "reply-to": "replies.x", "deadline": "\(deadline)"]),
                    nil)
            }
            try await deliver(Clockwork.live.now() - .seconds(1))
            #expect(calls.withLock(\.self) == 0)
            try await deliver(Clockwork.live.now() + .seconds(60))
            #expect(calls.withLock(\.self) == 1)
        }
    }
}
