internal import TradewindLocks

/// How often which values came. They are recorded as whole numbers of a small unit, nanoseconds or bytes, so that a sum
/// of theirs is one atomic addition, and told in the unit that Prometheus wants.
package final class Histogram: Metric {
    package static let kind = MetricKind.histogram

    private let buckets: Buckets
    private let cells: Cells
    private let exemplars: Lock<[Exemplar?]>

    package init(_ buckets: Buckets) {
        self.buckets = buckets
        // One for each bound, one for what is above the last, one for the sum.
        cells = Cells(count: buckets.bounds.count + 2)
        exemplars = Lock([])
    }

    package func record(_ value: Int) {
        let bounds = buckets.bounds
        cells.add(1, at: bucket(of: value), and: value, at: bounds.count + 1)
    }

    /// Records a value that somebody may look at more closely: the last one of each bucket points to its trace.
    package func record(_ value: Int, _ exemplar: Exemplar) {
        record(value)
        let bucket = bucket(of: value)
        exemplars.withLock { exemplars in
            if exemplars.isEmpty { exemplars = Array(repeating: nil, count: buckets.bounds.count + 1) }
            exemplars[bucket] = exemplar
        }
    }

    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if !nanoseconds.overflow { record(Int(nanoseconds.partialValue &+ attoseconds / 1_000_000_000)) }
    }

    /// Most values are small, so the search begins there.
    private func bucket(of value: Int) -> Int {
        let bounds = buckets.bounds
        var index = 0
        while index < bounds.count, value > bounds[index] { index &+= 1 }
        return index
    }

    package var snapshot: HistogramSnapshot {
        HistogramSnapshot(
            buckets: buckets, counts: (0...buckets.bounds.count).map { cells.sum(at: $0) },
            sum: cells.sum(at: buckets.bounds.count + 1), exemplars: exemplars.withLock { $0 })
    }

    package func write(to exposition: inout Exposition, _ name: String, _ labels: LabelText) {
        exposition.histogram(name, labels, snapshot)
    }
}

/// Upper bounds, in the small unit, and how many of those make one of the unit that is told.
package struct Buckets: Sendable {
    package let bounds: [Int]
    package let scale: Double

    package init(_ bounds: [Int], scale: Double) { (self.bounds, self.scale) = (bounds.sorted(), scale) }

    /// In nanoseconds, told in seconds.
    package static func durations(_ bounds: [Duration]) -> Buckets {
        Buckets(
            bounds.map { Int($0.components.seconds * 1_000_000_000 + $0.components.attoseconds / 1_000_000_000) },
            scale: 1e9)
    }

    /// From what a handler without a database takes to what a client gives up after.
    package static let latency = durations(
        [.microseconds(50), .microseconds(100), .microseconds(250), .microseconds(500)]
            + [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000].map { .milliseconds($0) })
}

/// Where a recorded value came from.
package struct Exemplar: Sendable {
    package let traceID: UInt128
    /// In the histogram's small unit.
    package let value: Int
    /// Nanoseconds since 1970.
    package let time: Int64

    package init(traceID: UInt128, value: Int, time: Int64) {
        (self.traceID, self.value, self.time) = (traceID, value, time)
    }
}

/// A histogram as it was at a moment, or as somebody else has counted it.
package struct HistogramSnapshot: Sendable {
    let buckets: Buckets
    /// One more than there are bounds, each without those before it.
    package let counts: [Int]
    package let sum: Int
    let exemplars: [Exemplar?]

    package init(buckets: Buckets, counts: [Int], sum: Int, exemplars: [Exemplar?] = []) {
        (self.buckets, self.counts, self.sum, self.exemplars) = (buckets, counts, sum, exemplars)
    }
}
