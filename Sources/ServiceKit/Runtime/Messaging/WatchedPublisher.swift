internal import TradewindMessaging
internal import TradewindObservability

/// A publisher whose events are counted by what became of them.
struct WatchedPublisher: Publisher {
    private let inner: any Publisher
    private let published: Family<PublishedLabels, Counter>

    init(_ inner: any Publisher, _ metrics: Metrics) {
        self.inner = inner
        published = metrics.counters(
            "messages_published_total", "Events by what the broker said of them", by: PublishedLabels.self)
    }

    func publish(
        _ events: [Envelope], late: @escaping @Sendable (Int, PublishResult) -> Void
    ) async -> [PublishResult] {
        let topics = events.map(\.topic)
        let results = await inner.publish(events) { index, result in
            count(topics[index], result)
            late(index, result)
        }
        for (topic, result) in zip(topics, results) { count(topic, result) }
        return results
    }

    private func count(_ topic: EventName, _ result: PublishResult) {
        let outcome: StaticString
        switch result {
        case .acknowledged: outcome = "acknowledged"
        case .refused: outcome = "refused"
        case .unavailable: outcome = "unavailable"
        case .inHand: return
        }
        published[PublishedLabels(topic: topic.description, outcome: outcome.description)].add()
    }
}

private struct PublishedLabels: Labels {
    static let names: [StaticString] = ["topic", "outcome"]
    let topic: String, outcome: String
    var values: [String] { [topic, outcome] }
}
