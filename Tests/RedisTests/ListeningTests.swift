import Testing
import TradewindDomain
import TradewindMessaging
import TradewindReactor
import TradewindRedis
import TradewindTesting

@Suite struct `Who listens to Redis` {
    @Test func `follows all that is published from now on`() async throws {
        try await withBroker { _, broker, _ in
            try await broker.mustPublish((0..<10).map { event($0, key: "\($0)") })
            let stream = try await broker.follow([created])
            try await broker.mustPublish((10..<510).map { event($0, key: "\($0)") })
            var numbers: [Int] = []
            for await delivery in stream {
                numbers.append(delivery.number ?? -1)
                if numbers.count == 500 { break }
            }
            #expect(numbers.sorted() == Array(10..<510))
        }
    }

    @Test func `hears what is broadcast, each of them`() async throws {
        try await withBroker { _, broker, redis in
            let first = try await broker.listen(to: "prices"), second = try await broker.listen(to: "prices")
            let other = try await broker.listen(to: "news")
            try await broker.broadcast([1, 2], on: "prices")
            try await broker.broadcast([3], on: "news")
            for (stream, body) in [(first, [1, 2]), (second, [1, 2]), (other, [3])] as [(AsyncStream<[UInt8]>, [UInt8])]
            {
                var iterator = stream.makeAsyncIterator()
                #expect(await iterator.next() == body)
            }
            #expect(try await redis("PUBSUB", "NUMSUB", "prices").array?.last?.integer == 1)
        }
    }

    @Test func `leaves its channel with the task that listened`() async throws {
        try await withBroker { _, broker, redis in
            let stream = try await broker.listen(to: "prices")
            let task = Task { for await _ in stream {} }
            task.cancel()
            await task.value
            try await eventually { try await redis("PUBSUB", "NUMSUB", "prices").array?.last?.integer == 0 }
        }
    }

    @Test func `ends with the broker`() async throws {
        try await withBroker { _, broker, _ in
            let followed = try await broker.follow([created]), heard = try await broker.listen(to: "prices")
            let source = try await broker.join("payments", of: [created])
            await broker.close()
            for await _ in followed {}
            for await _ in heard {}
            guard case .closed = await source.next() else { Issue.record("not closed"); return }
            #expect((await failure { try await broker.listen(to: "prices") }).error is BrokerFailure)
        }
    }
}
