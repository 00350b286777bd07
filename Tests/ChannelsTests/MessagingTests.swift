import Channels
import ChannelsContracts
import Signals
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindMessaging
import TradewindPersistence
internal import TradewindRuntime
import TradewindTesting

@Suite struct `What others of ours publish` {
    @Test(arguments: Storage.allCases) func `goes out as an event`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let price = MarketPrice(symbol: "BTCUSDT", bid: "1", ask: "2", at: .noon)
            let data = try JSONValue.parse(JSON.encode(price))
            let answer = try await desk.site.post(
                "/messaging/publish", json: ["topic": "market.price", "key": "BTCUSDT", "data": data] as JSONValue)
            let id = try answer.json(PublishMessage.Result.self).id
            #expect(answer.status == .accepted)
            let row = try #require(try await desk.database.query("SELECT id, key, body FROM outbox").first)
            #expect(try row.decode(0, as: UUID.self) == id)
            #expect(try row.decode(1, as: String.self) == "BTCUSDT")
            let delivery = Delivery(
                place: Place(Lane(MarketPrice.name, 0), 1), topic: MarketPrice.name, key: "BTCUSDT",
                body: try row.decode(2))
            #expect(try Received<MarketPrice>(delivery).event == price)
        }
    }

    @Test(
        arguments: [
            (#"{"topic":"Order Created","data":{}}"#, "topic"), (#"{"topic":"a..b","data":{}}"#, "topic"),
            (#"{"topic":"","data":{}}"#, "topic"), (#"{"topic":"a.b","data":[]}"#, "data"),
            (#"{"topic":"a.b"}"#, "data"), (#"{"topic":"a.b","key":"","data":{}}"#, "key"),
        ]) func `is looked at`(body: String, field: String) async throws
    {
        try await ChannelDesk.open(.memory) { desk in
            let answer = try await desk.site.send(.post, "/messaging/publish", body: Array(body.utf8))
            #expect(answer.status == .badRequest)
            #expect(try answer.json(ProblemView.self).faults.first?.hasPrefix(field) == true, "\(answer.text)")
        }
    }

    @Test func `is theirs alone`() async throws {
        for (caller, status) in [
            (Caller.user(UUID(high: 1, low: 1), .admin), HTTPStatus.forbidden), (.anonymous, .unauthorized),
            (.service("internal"), .accepted),
        ] {
            try await ChannelDesk.open(.memory, authorisation: .required, caller: caller) { desk in
                let body: JSONValue = ["topic": "a.b", "data": [:]]
                let answer = try await desk.site.post("/messaging/publish", json: body)
                #expect(answer.status == status)
            }
        }
    }
}

@Suite struct `A listener` {
    @Test(arguments: Carrier.allCases) func `is stopped and started without losing anything`(
        carrier: Carrier
    ) async throws {
        if let why = try await carrier.whyMissing() { try Test.cancel("\(why)") }
        try await carrier.open { site in
            let topic = EventName("channels.\(site.suffix)"), heard = AsyncStream.makeStream(of: String.self)
            let consumer = Consumer(
                "group-\(site.suffix)", on: site.broker,
                [Subscription(topic) { heard.continuation.yield($0.key) }], clockwork: .live)
            site.broker.announce(consumer.group, of: [topic])
            let listening = Listening(consumer, clockwork: .live)
            #expect(listening.status.isListening && listening.status.topics == [topic.description])
            try await withThrowingTaskGroup { group in
                group.addTask { await consumer.run() }
                var keys = heard.stream.makeAsyncIterator()
                try await tell("1", topic, site.broker)
                #expect(await keys.next() == "1")
                #expect(!listening.stop().isListening)
                try await tell("2", topic, site.broker)
                try await eventually("a pause") { listening.statistics.handled == 1 && listening.status.inHand <= 1 }
                #expect(listening.resume().isListening)
                #expect(await keys.next() == "2")
                try await eventually("both") { listening.statistics.handled == 2 }
                let statistics = listening.statistics
                #expect(statistics.failed == 0 && statistics.lastEventAt != nil && statistics.perSecond > 0)
                consumer.stop()
                try await group.waitForAll()
            }
        }
    }

    private func tell(_ key: String, _ topic: EventName, _ broker: any Broker) async throws {
        try await broker.prepare([topic])
        let envelope = Envelope(id: Clockwork.live.newUUID(), topic: topic, key: key, body: Array("{}".utf8))
        // One that delivers in this process has it in hand until it is handled.
        let answer = await broker.publish([envelope], late: { _ in }).first
        #expect(answer == .acknowledged || answer == .inHand)
    }
}
