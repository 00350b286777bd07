internal import TradewindCQRS
internal import TradewindMessaging
internal import TradewindObservability

/// A publisher whose events are counted by what became of them, each with a span in the trace of whoever told it: from
/// being sent until the broker has it.
struct WatchedPublisher: Publisher {
    private let inner: any Publisher
    private let service: String
    private let published: Family<PublishedLabels, Counter>
    private let tracer: Tracer

    init(_ inner: any Publisher, of service: String, _ metrics: Metrics, _ tracer: Tracer) {
        (self.inner, self.service, self.tracer) = (inner, service, tracer)
        published = metrics.counters(
            "messages_published_total", "Events by what the broker said of them", by: PublishedLabels.self)
    }

    func publish(
        _ events: [Envelope], late: @escaping @Sendable (Int) -> Void
    ) async -> [PublishResult] {
        let sent = events.map { (topic: $0.topic, span: span(of: $0)) }
        let results = await inner.publish(events) { index in
            end(sent[index].topic, sent[index].span, .acknowledged)
            late(index)
        }
        for (event, result) in zip(sent, results) { end(event.topic, event.span, result) }
        return results
    }

    private func span(of event: Envelope) -> OpenSpan? {
        guard let trace = event.trace, trace.isSampled else { return nil }
        return tracer.open(.producer, "publish \(event.topic)", below: trace, in: service, for: nil)
    }

    private func end(_ topic: EventName, _ span: OpenSpan?, _ result: PublishResult) {
        let outcome: StaticString
        switch result {
        case .acknowledged: outcome = "acknowledged"
        case .refused: outcome = "refused"
        case .unavailable: outcome = "unavailable"
        case .inHand: return
        }
        published[PublishedLabels(topic: topic.description, outcome: outcome.description)].add()
        if case .acknowledged = result { span?.end() } else { span?.end(hasFailed: true) }
    }
}

extension Envelope {
    /// Where the event was told. Of an outbox there is only the text; our own attributes stand in front of its data, so
    /// that looking for one of them is enough.
    var trace: TraceContext? {
        let name = Self.name, length = 55
        let last = min(body.count, 1_024) - name.count - length
        guard last > 0 else { return nil }
        for start in 0..<last where body[start] == name[0] && body[start + 1] == name[1] {
            guard name.indices.allSatisfy({ body[start + $0] == name[$0] }) else { continue }
            let value = body[(start + name.count)..<(start + name.count + length)]
            return TraceContext(parent: String(decoding: value, as: UTF8.self))
        }
        return nil
    }

    private static let name = Array(#""traceparent":""#.utf8)
}

private struct PublishedLabels: Labels {
    static let names: [StaticString] = ["topic", "outcome"]
    let topic: String, outcome: String
    var values: [String] { [topic, outcome] }
}
