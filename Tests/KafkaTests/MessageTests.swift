import Testing
import TradewindKafka
import TradewindMessaging
import TradewindTesting

@Suite struct `Messages through Kafka` {
    @Test func `what is published reaches a member of the group, with its key, body and headers`() async throws {
        try await withKafka { bench in
            try await bench.publish([bench.event("order-1", "one", headers: ["ce_id": "42"]), bench.event("", "two")])
            let source = try await bench.join()
            let taken = try await take(2, from: source)
            let one = try #require(taken.first { $0.text == "one" })
            #expect(one.key == "order-1" && one.headers == ["ce_id": "42"] && one.topic == bench.topic)
            let two = try #require(taken.first { $0.text == "two" })
            #expect(two.key == "" && two.headers == [:])
            await source.close()
        }
    }

    @Test func `messages of a key come in their order`() async throws {
        try await withKafka { bench in
            let source = try await bench.join()
            for start in stride(from: 0, to: 5_000, by: 500) {
                try await bench.publish(bench.events(20, start..<start + 500))
            }
            let taken = try await take(5_000, from: source)
            for (key, messages) in Dictionary(grouping: taken, by: \.key) {
                let numbers = messages.compactMap { Int($0.text) }
                #expect(numbers == numbers.sorted() && numbers.count == 250, "\(key)")
            }
            await source.close()
        }
    }

    @Test func `what was settled does not come again, what was not does`() async throws {
        try await withKafka(partitions: 1) { bench in
            try await bench.publish(bench.events(1, 0..<10))
            let first = try await bench.join()
            let taken = try await take(10, from: first, settling: false)
            // Out of order, and with a gap: the fourth is not done, so all behind it may come again.
            first.settle([taken[5].place, taken[1].place, taken[0].place, taken[2].place, taken[4].place])
            await first.close()
            let second = try await bench.join()
            let again = try await take(7, from: second)
            #expect(again.map(\.text) == (3..<10).map(String.init))
            await second.close()
        }
    }

    @Test func `a member that does not ask keeps its place and is not sent more than its limit`() async throws {
        try await withKafka(partitions: 1, { $0.fetchedAhead = 1_048_576 }) { bench in
            let source = try await bench.join()
            try await bench.publish(bench.events(1, 0..<1))
            _ = try await take(1, from: source)
            let body = [UInt8](repeating: 120, count: 100_000)
            for _ in 0..<40 {
                try await bench.publish([Envelope(id: .next(), topic: bench.topic, key: "k", body: body)])
            }
            // Longer than the session timeout.
            try await Task.sleep(for: .seconds(7))
            #expect(try await take(40, from: source).count == 40)
            await source.close()
        }
    }

    @Test func `a message that is too large is refused, and those of its key behind it`() async throws {
        try await withKafka { bench in
            let large = [UInt8](repeating: 120, count: 2_000_000)
            let results = await bench.broker.publish([
                bench.event("a", "before"), Envelope(id: .next(), topic: bench.topic, key: "a", body: large),
                bench.event("a", "behind"), bench.event("b", "other"),
            ]) { _ in }
            #expect(results[0] == .acknowledged && results[3] == .acknowledged)
            guard case .refused(let reason) = results[1], case .refused = results[2] else {
                return #expect(Bool(false), "\(results)")
            }
            #expect(reason.contains("larger"))
            let source = try await bench.join()
            #expect(Set(try await take(2, from: source).map(\.text)) == ["before", "other"])
            await source.close()
        }
    }

    @Test func `ten megabytes pass where the settings allow them`() async throws {
        try await withKafka {
            $0.largestMessage = 12_000_000
        } _: { bench in
            try bench.needsRealKafka()
            let large = (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0) }
            try await bench.publish([Envelope(id: .next(), topic: bench.topic, key: "a", body: large)])
            let source = try await bench.join()
            #expect(try await take(1, from: source)[0].body == large)
            await source.close()
        }
    }

    @Test func `who waits for messages is let go by cancellation and by the end`() async throws {
        try await withKafka { bench in
            let source = try await bench.join()
            let waiting = Task { await source.next() }
            waiting.cancel()
            guard case .closed = await waiting.value else { return #expect(Bool(false)) }
            let other = Task { await source.next() }
            await source.close()
            guard case .closed = await other.value else { return #expect(Bool(false)) }
        }
    }
}
