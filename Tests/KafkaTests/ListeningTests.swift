import Testing
import TradewindKafka
import TradewindMessaging
import TradewindTesting

@Suite struct `Those who listen without a group` {
    @Test func `hear what is published from then on, each all of it`() async throws {
        try await withKafka { bench in
            try await bench.publish(bench.events(10, 0..<20))
            let one = try await bench.broker.follow([bench.topic]), two = try await bench.broker.follow([bench.topic])
            try await bench.publish(bench.events(10, 20..<40))
            for stream in [one, two] {
                let heard = try await within(.seconds(20), "20 messages") {
                    var numbers: [Int] = []
                    for await delivery in stream where numbers.count < 20 {
                        numbers.append(Int(delivery.text) ?? -1)
                        if numbers.count == 20 { break }
                    }
                    return numbers
                }
                #expect(heard.sorted() == Array(20..<40))
            }
            // Nobody listens any more, and somebody does again.
            let later = try await bench.broker.follow([bench.topic])
            try await bench.publish(bench.events(1, 40..<41))
            let heard = try await within(.seconds(20), "a message") {
                for await delivery in later { return delivery.text }
                return ""
            }
            #expect(heard == "40")
        }
    }

    @Test func `hear what is broadcast on their channel`() async throws {
        try await withKafka { bench in
            let (mine, other) = (bench.topic, EventName("\(bench.topic).other"))
            let stream = try await bench.broker.listen(to: mine)
            try await bench.broker.broadcast(Array("no".utf8), on: other)
            try await bench.another().broadcast(Array("yes".utf8), on: mine)
            let heard = try await within(.seconds(20), "a message") {
                for await body in stream { return String(decoding: body, as: UTF8.self) }
                return ""
            }
            #expect(heard == "yes")
        }
    }

    @Test func `are let go when the broker closes`() async throws {
        try await withKafka { bench in
            let stream = try await bench.broker.follow([bench.topic])
            await bench.broker.close()
            for await _ in stream {}
        }
    }
}
