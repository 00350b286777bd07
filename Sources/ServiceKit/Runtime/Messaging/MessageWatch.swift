internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindObservability

/// What happens around every message that a service handles: its place in a trace, its metrics, what went wrong.
struct MessageWatch: Sendable {
    private let consumed: Family<ConsumedLabels, Counter>
    private let handling: Family<TopicLabels, Histogram>
    private let endToEnd: Family<TopicLabels, Histogram>
    private let buried: Family<TopicLabels, Counter>
    private let tracer: Tracer
    private let log: Log
    private let clockwork: Clockwork

    init(_ metrics: Metrics, _ tracer: Tracer, _ log: Log, _ clockwork: Clockwork) {
        consumed = metrics.counters(
            "messages_consumed_total", "Messages by what became of each attempt", by: ConsumedLabels.self)
        handling = metrics.histograms(
            "message_handling_seconds", "How long handlers took", by: TopicLabels.self)
        endToEnd = metrics.histograms(
            "message_end_to_end_seconds", "From what happened to its being handled", by: TopicLabels.self)
        buried = metrics.counters("dlq_messages_total", "Messages that became dead letters", by: TopicLabels.self)
        (self.tracer, self.log, self.clockwork) = (tracer, log, clockwork)
    }

    var observer: ConsumerObserver {
        ConsumerObserver(
            around: around,
            handled: { delivery, outcome, took in
                consumed[ConsumedLabels(topic: delivery.topic.description, outcome: outcome)].add()
                handling[TopicLabels(topic: delivery.topic.description)].record(took)
            },
            buried: { delivery, reason in
                buried[TopicLabels(topic: delivery.topic.description)].add()
                log.error(
                    "a message became a dead letter", [LogField(.place, delivery.place), LogField(.reason, reason)])
            },
            report: { log.warning("messages wait", [LogField(.reason, $0)]) })
    }

    @Sendable private func around(
        _ envelope: ReceivedEnvelope, _ handle: (RequestContext) async throws -> Void
    ) async throws {
        var request = envelope.request
        let trace = tracer.root(of: request.id, below: request.trace)
        let span = tracer.open(
            .consumer, "handle \(envelope.topic)", below: request.trace ?? trace, in: log.service, for: request.id)
        request.trace = span?.trace ?? trace
        let scope = Scope(service: log.service, request: request.id, trace: span?.trace ?? trace)
        do {
            try await Scope.$current.withValue(scope) { try await handle(request) }
            if let time = envelope.time {
                endToEnd[TopicLabels(topic: envelope.topic.description)].record(clockwork.now() - time)
            }
            span?.end()
        } catch {
            span?.end(hasFailed: true)
            throw error
        }
    }
}

private struct TopicLabels: Labels {
    static let names: [StaticString] = ["topic"]
    let topic: String
    var values: [String] { [topic] }
}

private struct ConsumedLabels: Labels {
    static let names: [StaticString] = ["topic", "outcome"]
    let topic: String, outcome: ConsumerObserver.Outcome
    var values: [String] { [topic, outcome.rawValue] }
}

extension LogKey {
    fileprivate static let place = LogKey("message.place")
    fileprivate static let reason = LogKey("reason")
}
