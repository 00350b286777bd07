import Testing
import TradewindDomain
import TradewindMessaging
import TradewindTesting

@Suite struct `Who listens without a group` {
    @Test(arguments: Carrier.allCases) func `gets every message of its topics from then on`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            let (topic, other) = (site.topic("parcel.sent"), site.topic("parcel.lost"))
            try await site.broker.prepare([topic, other])
            try await site.publish(["before"], to: topic)
            let streams = [try await site.broker.follow([topic, other]), try await site.broker.follow([topic])]
            try await site.publish(["1", "2"], to: topic)
            try await site.publish(["3"], to: other)
            var first: [String] = []
            for await delivery in streams[0] {
                first.append(String(decoding: delivery.body, as: UTF8.self))
                if first.count == 3 { break }
            }
            var second: [String] = []
            for await delivery in streams[1] {
                second.append(String(decoding: delivery.body, as: UTF8.self))
                if second.count == 2 { break }
            }
            #expect(first.sorted() == ["1", "2", "3"] && second == ["1", "2"])
        }
    }

    @Test(arguments: Carrier.allCases) func `hears what is broadcast on its channel`(carrier: Carrier) async throws {
        try await carrier.use { site in
            let (channel, other) = (site.topic("cache"), site.topic("other"))
            let streams = [try await site.broker.listen(to: channel), try await site.broker.listen(to: channel)]
            try await site.broker.broadcast(Array("not for us".utf8), on: other)
            try await site.broker.broadcast(Array("forget 7".utf8), on: channel)
            for stream in streams {
                for await body in stream {
                    #expect(body == Array("forget 7".utf8))
                    break
                }
            }
        }
    }
}
