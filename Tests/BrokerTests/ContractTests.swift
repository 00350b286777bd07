import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindPersistence
import TradewindTesting

/// What a service may rely on, whichever broker carries its messages.
@Suite struct `Messages` {
    @Test(arguments: Carrier.allCases) func `of a key are handled in their order, those of many keys side by side`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            try await site.consuming("store", [Subscription(topic) { seen.note($0) }]) { _ in
                for number in 1...50 {
                    for key in ["a", "b", "c"] { try await site.publish(["\(number)"], key: key, to: topic) }
                }
                try await eventually("all messages") { seen.count == 150 }
            }
            for key in ["a", "b", "c"] { #expect(seen.texts(of: key) == (1...50).map { "\($0)" }) }
        }
    }

    @Test(arguments: Carrier.allCases) func `reach every group, and one member of each`(carrier: Carrier) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let subscription = { @Sendable (who: String) in Subscription(topic) { seen.note($0, by: who) } }
            try await site.consuming("store", [subscription("store")]) { _ in
                try await site.consuming("store", [subscription("store")]) { _ in
                    try await site.consuming("office", [subscription("office")]) { _ in
                        for key in 1...20 { try await site.publish(["\(key)"], key: "\(key)", to: topic) }
                        try await eventually("all messages") { seen.count >= 40 }
                    }
                }
            }
            #expect(seen.texts(by: "store").sorted() == (1...20).map { "\($0)" }.sorted())
            #expect(seen.texts(by: "office").sorted() == (1...20).map { "\($0)" }.sorted())
        }
    }

    @Test(arguments: Carrier.allCases) func `come with their key, headers and topic, whatever they hold`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let topic = site.topic("parcel.sent")
            let got = Lock<[Delivery]>([])
            let body = Array(UInt8.min...UInt8.max) + Array("\u{10FFFF}é\r\n\u{0}".utf8)
            try await site.consuming("store", [Subscription(topic) { item in got.withLock { $0.append(item) } }]) { _ in
                let event = Envelope(
                    id: .zero, topic: topic, key: "schlüssel 1", body: body,
                    headers: ["ce_id": "7", "note": "a=b; ü"])
                _ = await site.broker.publish([event], late: { _ in })
                try await site.publish([""], key: "", to: topic)
                try await eventually("both messages") { got.withLock { $0.count } == 2 }
            }
            let first = try #require(got.withLock { $0 }.first { !$0.key.isEmpty })
            #expect(first.body == body && first.key == "schlüssel 1" && first.topic == topic)
            #expect(first.headers == ["ce_id": "7", "note": "a=b; ü"])
            #expect(got.withLock { $0 }.contains { $0.key.isEmpty && $0.body.isEmpty })
        }
    }

    @Test(arguments: Carrier.allCases) func `are tried again when their handler fails, before later ones of their key`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let calls = Lock(0)
            let subscription = Subscription(topic) { delivery in
                if delivery.body == Array("first".utf8),
                    calls.withLock({
                        $0 += 1; return $0
                    }) < 3
                {
                    throw Failed()
                }
                seen.note(delivery)
            }
            try await site.consuming("store", [subscription]) { _ in
                try await site.publish(["first", "second"], key: "a", to: topic)
                try await eventually("both messages") { seen.count == 2 }
            }
            #expect(seen.texts == ["first", "second"])
            #expect(calls.withLock(\.self) == 3)
            #expect(try await site.broker.deadLetters.list([topic], limit: 10).isEmpty)
        }
    }

    @Test(arguments: Carrier.allCases) func `wait for a database that is away, and do not die of it`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let calls = Lock(0)
            let subscription = Subscription(topic) { delivery in
                if calls.withLock({
                    $0 += 1; return $0
                }) < 10 {
                    throw DatabaseError.unavailable("starting")
                }
                seen.note(delivery)
            }
            try await site.consuming("store", [subscription]) { _ in
                try await site.publish(["first"], to: topic)
                try await eventually("the message") { seen.count == 1 }
            }
            #expect(calls.withLock(\.self) == 10)
        }
    }

    @Test(arguments: Carrier.allCases) func `that hang their handler are cancelled, and others go on`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            var settings = Consumer.Settings.quick
            settings.timeout = .milliseconds(100)
            settings.retry.attempts = 2
            let subscription = Subscription(topic) { delivery in
                if delivery.key == "hung" { try await Task.sleep(for: .seconds(3_600)) }
                seen.note(delivery)
            }
            try await site.consuming("store", [subscription], settings: settings) { _ in
                try await site.publish(["never"], key: "hung", to: topic)
                try await site.publish(["soon"], key: "free", to: topic)
                try await eventually("the free one") { seen.texts == ["soon"] }
                try await eventually("the dead letter") {
                    try await site.broker.deadLetters.list([topic], limit: 10).count == 1
                }
            }
            let letter = try await site.broker.deadLetters.list([topic], limit: 10).first
            #expect(letter?.reason.contains("longer than") == true && letter?.attempts == 2)
        }
    }

    @Test(arguments: Carrier.allCases) func `in hand are finished when a consumer is stopped`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let (begun, hasBegun) = AsyncStream<Void>.makeStream()
            let (goOn, mayGoOn) = AsyncStream<Void>.makeStream()
            let subscription = Subscription(topic) { delivery in
                hasBegun.finish()
                for await _ in goOn {}
                seen.note(delivery)
            }
            try await site.consuming("store", [subscription]) { consumer in
                try await site.publish(["slow"], to: topic)
                for await _ in begun {}
                consumer.stop()
                mayGoOn.finish()
            }
            #expect(seen.texts == ["slow"])
            #expect(try await site.broker.backlog(of: site.name("store"), [topic]) == [topic: 0])
        }
    }

    @Test(arguments: Carrier.allCases) func `are not taken while a consumer is paused, and all come when it goes on`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            try await site.consuming("store", [Subscription(topic) { seen.note($0) }]) { consumer in
                try await site.publish(["1"], to: topic)
                try await eventually("the first") { seen.count == 1 }
                consumer.pause()
                #expect(consumer.status.isPaused)
                try await site.publish(["2", "3"], to: topic)
                let group = site.name("store")
                try await eventually("a backlog") { try await site.broker.backlog(of: group, [topic])[topic] == 2 }
                #expect(seen.count == 1)
                consumer.resume()
                try await eventually("the rest") { seen.count == 3 }
            }
            #expect(seen.texts == ["1", "2", "3"])
        }
    }

    @Test(arguments: Carrier.outside) func `of a consumer that is paused go to another that comes`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let subscription = { @Sendable (who: String) in Subscription(topic) { seen.note($0, by: who) } }
            try await site.consuming("store", [subscription("first")]) { first in
                try await site.publish(["1"], to: topic)
                try await eventually("the first") { seen.count == 1 }
                first.pause()
                try await site.consuming("store", [subscription("second")]) { _ in
                    let keys = Lock(0)
                    try await eventually("messages at the second") {
                        let key = keys.withLock { keys in
                            keys += 1
                            return keys
                        }
                        try await site.publish(["\(key)"], key: "\(key)", to: topic)
                        return !seen.texts(by: "second").isEmpty
                    }
                }
            }
            #expect(seen.texts(by: "first") == ["1"])
        }
    }

    @Test(arguments: Carrier.allCases) func `go to the other members when one leaves, in their order`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let keys = (1...12).map { "key-\($0)" }
            let subscription = { @Sendable (who: String) in Subscription(topic) { seen.note($0, by: who) } }
            let publish = { @Sendable (numbers: ClosedRange<Int>) in
                for number in numbers {
                    for key in keys { try await site.publish(["\(number)"], key: key, to: topic) }
                }
            }
            try await site.consuming("store", [subscription("first")]) { _ in
                try await site.consuming("store", [subscription("second")]) { _ in
                    try await publish(1...10)
                    try await eventually("some") { seen.count >= 30 }
                }
                try await publish(11...20)
                try await eventually("all") { Set(keys.filter { seen.texts(of: $0).contains("20") }).count == 12 }
            }
            for key in keys {
                // At least once: a message in hand while it changed its owner may have come a second time.
                var last = 0
                for number in seen.texts(of: key).compactMap({ Int($0) }) {
                    #expect(number <= last + 1)
                    last = max(last, number)
                }
                #expect(last == 20)
            }
        }
    }
}
