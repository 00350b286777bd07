package import TradewindCQRS

extension Instruments {
    /// What the buses of a service tell: a span and two metrics for each message, and an audit line for each command.
    package static func observed(by metrics: Metrics, _ tracer: Tracer, _ log: Log) -> Instruments {
        let meters = MessageMeters(metrics)
        return Instruments(
            openSpan: { kind, name, request in
                guard let trace = request.trace, trace.isSampled else { return nil }
                return open(kind, name, request, below: trace, tracer, in: log.service)
            },
            meter: { kind, name in meters.meter(kind, name) },
            audit: { log.audit($0) })
    }

    private static func open(
        _ kind: Kind, _ name: String, _ request: RequestContext, below trace: TraceContext, _ tracer: Tracer,
        in service: String
    ) -> Span? {
        let title = kind == .command ? "command \(name)" : "query \(name)"
        guard let span = tracer.open(.internal, title, below: trace, in: service, for: request.id) else { return nil }
        let innermost = Scope.current?.innermost
        let outer = innermost?.enter(span.trace.spanID)
        return Span(trace: span.trace) { outcome in
            if let outer { _ = innermost?.enter(outer) }
            span.end(hasFailed: outcome == .failed, [LogField(.outcome, outcome.rawValue)])
        }
    }
}

private struct MessageLabels: Labels {
    static let names: [StaticString] = ["name", "outcome"]
    let name: String, outcome: Outcome
    var values: [String] { [name, outcome.rawValue] }
}

private struct MessageMeters: Sendable {
    let counts: [Instruments.Kind: Family<MessageLabels, Counter>]
    let times: [Instruments.Kind: Family<MessageLabels, Histogram>]

    init(_ metrics: Metrics) {
        counts = [
            .command: metrics.counters("commands_total", "Commands by how they ended", by: MessageLabels.self),
            .query: metrics.counters("queries_total", "Queries by how they ended", by: MessageLabels.self),
        ]
        times = [
            .command: metrics.histograms("command_duration_seconds", "How long commands took", by: MessageLabels.self),
            .query: metrics.histograms("query_duration_seconds", "How long queries took", by: MessageLabels.self),
        ]
    }

    func meter(_ kind: Instruments.Kind, _ name: String) -> Instruments.Meter {
        guard let counts = counts[kind], let times = times[kind] else { return { _, _ in } }
        let outcomes = Outcome.allCases
        let meters = outcomes.map { outcome in
            let labels = MessageLabels(name: name, outcome: outcome)
            return (count: Lazily { counts[labels] }, time: Lazily { times[labels] })
        }
        return { outcome, duration in
            // The most frequent stands first.
            guard let place = outcomes.firstIndex(of: outcome) else { return }
            meters[place].count.value.add()
            meters[place].time.value.record(duration)
        }
    }
}
