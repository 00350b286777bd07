internal import TradewindLocks

/// The metrics of a process. Each is declared once, where it is recorded:
///
///     let refused = metrics.counter("rate_limited_total", "Requests refused by a rate limit")
///     refused.add()
///
/// Declaring the same name again, as services of one program do, gives the same metric.
package final class Metrics: Sendable {
    private struct Declared {
        let help: String
        let source: Source
    }
    private enum Source {
        case kept(any MetricSource)
        case asked(MetricKind, Reading)
    }
    private let declared = Lock<[String: Declared]>([:])
    private let refusedSets: Counter

    package init() {
        refusedSets = Counter()
        keep("metrics_label_sets_refused_total", "Recordings whose labels found no room", Single(member: refusedSets))
    }

    // MARK: Declaring

    package func counter(_ name: StaticString, _ help: StaticString) -> Counter { single(name, help, Counter()) }
    package func level(_ name: StaticString, _ help: StaticString) -> Level { single(name, help, Level()) }
    package func gauge(_ name: StaticString, _ help: StaticString) -> Gauge { single(name, help, Gauge()) }
    package func histogram(
        _ name: StaticString, _ help: StaticString, _ buckets: Buckets = .latency
    ) -> Histogram { single(name, help, Histogram(buckets)) }

    package func counters<Label: Labels>(
        _ name: StaticString, _ help: StaticString, by: Label.Type, most: Int = 500
    ) -> Family<Label, Counter> { family(name, help, most) { Counter() } }

    /// With one more label, for each of whose values there is a place in the list.
    package func tallies<Label: Labels>(
        _ name: StaticString, _ help: StaticString, by: Label.Type, and label: StaticString, _ values: [String],
        most: Int = 500
    ) -> Family<Label, Tally> { family(name, help, most) { Tally(by: label, values) } }

    package func levels<Label: Labels>(
        _ name: StaticString, _ help: StaticString, by: Label.Type, most: Int = 500
    ) -> Family<Label, Level> { family(name, help, most) { Level() } }

    package func gauges<Label: Labels>(
        _ name: StaticString, _ help: StaticString, by: Label.Type, most: Int = 500
    ) -> Family<Label, Gauge> { family(name, help, most) { Gauge() } }

    package func histograms<Label: Labels>(
        _ name: StaticString, _ help: StaticString, by: Label.Type, _ buckets: Buckets = .latency, most: Int = 500
    ) -> Family<Label, Histogram> { family(name, help, most) { Histogram(buckets) } }

    /// What somebody else knows, who is asked at each scrape: the rows of an outbox, the connections of a pool. Nothing
    /// is told when the answer takes longer than a scrape waits.
    package func read(
        _ kind: MetricKind, _ name: StaticString, _ help: StaticString, _ reading: @escaping Reading
    ) {
        declared.withLock { $0[name.description] = Declared(help: help.description, source: .asked(kind, reading)) }
    }

    private func single<Member: Metric>(_ name: StaticString, _ help: StaticString, _ new: Member) -> Member {
        keep(name, help, Single(member: new)).member
    }

    private func family<Label: Labels, Member: Metric>(
        _ name: StaticString, _ help: StaticString, _ most: Int, _ make: @escaping @Sendable () -> Member
    ) -> Family<Label, Member> {
        keep(name, help, Family<Label, Member>(most: most, refused: refusedSets, make: make))
    }

    /// Two that declare one name as different things would make each other's figures wrong, so neither may start.
    @discardableResult
    private func keep<New: MetricSource>(_ name: StaticString, _ help: StaticString, _ new: New) -> New {
        let (name, help) = (name.description, help.description)
        return declared.withLock { declared in
            if case .kept(let known)? = declared[name]?.source {
                precondition(known is New, "\(name) is declared as two kinds of metric")
                if let same = known as? New { return same }
            }
            declared[name] = Declared(help: help, source: .kept(new))
            return new
        }
    }

    // MARK: Telling

    /// Everything, by name. `ask` gets an answer out of a reading, or nil where that takes too long.
    package func exposition(
        _ format: Exposition.Format, asking ask: @Sendable @escaping (@escaping Reading) async -> [Sample]?
    ) async -> [UInt8] {
        let declared = declared.withLock { $0 }
        let answers = await withTaskGroup(of: (String, [Sample]?).self) { group in
            for (name, one) in declared {
                guard case .asked(_, let reading) = one.source else { continue }
                group.addTask { (name, await ask(reading)) }
            }
            var answers: [String: [Sample]] = [:]
            for await (name, samples) in group { answers[name] = samples }
            return answers
        }
        var exposition = Exposition(format)
        for (name, one) in declared.sorted(by: { $0.key < $1.key }) {
            switch one.source {
            case .kept(let source):
                exposition.head(name, one.help, source.kind)
                source.write(to: &exposition, name)
            case .asked(let kind, _):
                guard let samples = answers[name], !samples.isEmpty else { continue }
                exposition.head(name, one.help, kind)
                for sample in samples { exposition.sample(name, sample, kind) }
            }
        }
        return exposition.finished()
    }
}

/// Asks for what a metric is at the moment.
package typealias Reading = @Sendable () async -> [Sample]

/// One answer to a reading.
package struct Sample: Sendable {
    enum Value: Sendable { case number(Double), histogram(HistogramSnapshot) }
    let labels: LabelText
    let value: Value

    package init(_ value: Double) { (labels, self.value) = (.none, .number(value)) }
    package init(_ label: some Labels, _ value: Double) { (labels, self.value) = (LabelText(label), .number(value)) }
    package init(_ label: some Labels, _ histogram: HistogramSnapshot) {
        (labels, value) = (LabelText(label), .histogram(histogram))
    }
}
