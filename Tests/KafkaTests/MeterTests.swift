import Testing
import TradewindKafka
import TradewindMessaging
import TradewindTesting

@Suite struct `What librdkafka tells of itself` {
    private func figures(_ name: String, of broker: KafkaBroker) -> [String: Double] {
        let meter = broker.meters.first { "\($0.name)" == name }
        return Dictionary((meter?.read() ?? []).map { ($0.client, $0.value) }) { one, _ in one }
    }

    @Test func `is a figure for each client, of what it has done`() async throws {
        try await withKafka(partitions: 1, { $0.statistics = .milliseconds(100) }) { bench in
            let source = try await bench.join()
            try await bench.publish(bench.events(1, 0..<20))
            _ = try await take(20, from: source)
            try await eventually("bytes both ways") {
                figures("kafka_sent_bytes_total", of: bench.broker)["producer"] ?? 0 > 0
                    && figures("kafka_received_bytes_total", of: bench.broker)[bench.group] ?? 0 > 0
            }
            #expect(figures("kafka_brokers_up", of: bench.broker) == ["producer": 1, bench.group: 1])
            #expect(figures("kafka_messages_queued", of: bench.broker)["producer"] == 0)
            await source.close()
        }
    }
}
