import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindRuntime
import TradewindTesting

@Suite struct `A message that cannot be handled` {
    @Test(arguments: Carrier.allCases) func `becomes a dead letter with its reason, and its topic goes on`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let subscription = Subscription(topic) { delivery in
                if delivery.body == Array("bad".utf8) { throw Failed() }
                seen.note(delivery)
            }
            try await site.consuming("store", [subscription]) { consumer in
                try await site.publish(["1", "bad", "2"], key: "a", to: topic)
                try await eventually("the good ones") { seen.texts == ["1", "2"] }
                try await eventually("the dead letter counted") { consumer.status.topics[topic]?.buried == 1 }
                #expect(consumer.status.topics[topic]?.handled == 2)
                #expect(consumer.status.topics[topic]?.failed == 4)
            }
            let letters = try await site.broker.deadLetters.list([topic], limit: 10)
            let letter = try #require(letters.first)
            #expect(letters.count == 1)
            #expect(letter.body == Array("bad".utf8) && letter.key == "a" && letter.topic == topic)
            #expect(letter.attempts == 4 && letter.reason.contains("Failed") && letter.id.group == site.name("store"))
            #expect(DeadLetter.Identifier(letter.id.description) == letter.id)
            #expect(try await site.broker.deadLetters.find(letter.id)?.body == letter.body)
        }
    }

    @Test(arguments: Carrier.allCases) func `comes again when its dead letter is replayed, and is then forgotten`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let isMended = Lock(false)
            let subscription = Subscription(topic) { delivery in
                guard isMended.withLock(\.self) else { throw PoisonMessage("not yet understood") }
                seen.note(delivery)
            }
            try await site.consuming("store", [subscription]) { _ in
                try await site.publish(["1"], key: "a", to: topic)
                var letter: DeadLetter?
                try await eventually("the dead letter") {
                    letter = try await site.broker.deadLetters.list([topic], limit: 10).first
                    return letter != nil
                }
                let id = try #require(letter?.id)
                isMended.withLock { $0 = true }
                #expect(try await site.broker.replay(id, as: Clockwork.live.newUUID()))
                try await eventually("the message") { seen.texts(of: "a") == ["1"] }
                #expect(try await site.broker.replay(id, as: Clockwork.live.newUUID()) == false)
            }
            #expect(try await site.broker.deadLetters.list([topic], limit: 10).isEmpty)
        }
    }

    @Test(arguments: Carrier.allCases) func `is gone when its dead letter is dropped`(carrier: Carrier) async throws {
        try await carrier.use { site in
            let topic = site.topic("parcel.sent")
            try await site.consuming("store", [Subscription(topic) { _ in throw PoisonMessage("no") }]) { consumer in
                for key in ["a", "b"] { try await site.publish(["x"], key: key, to: topic) }
                try await eventually("both") { consumer.status.topics[topic]?.buried == 2 }
            }
            let letters = try await site.broker.deadLetters.list([topic], limit: 10)
            #expect(letters.count == 2)
            #expect(try await site.broker.deadLetters.list([topic], limit: 1).count == 1)
            let id = try #require(letters.first?.id)
            #expect(try await site.broker.deadLetters.drop(id))
            #expect(try await site.broker.deadLetters.drop(id) == false)
            #expect(try await site.broker.deadLetters.find(id) == nil)
            #expect(try await site.broker.deadLetters.list([topic], limit: 10).map(\.id) == [letters[1].id])
        }
    }
}
