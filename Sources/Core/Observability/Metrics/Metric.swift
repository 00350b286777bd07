internal import Synchronization

/// Something that is counted or measured: one line of an exposition, or a block of lines.
package protocol Metric: AnyObject, Sendable {
    static var kind: MetricKind { get }
    func write(to exposition: inout Exposition, _ name: String, _ labels: LabelText)
}

package enum MetricKind: String, Sendable { case counter, gauge, histogram }

/// Only rises, until the process ends.
package final class Counter: Metric {
    package static let kind = MetricKind.counter
    private let cells = Cells(count: 1)

    package func add(_ count: Int = 1) { cells.add(count) }
    package var value: Int { cells.sum() }

    package func write(to exposition: inout Exposition, _ name: String, _ labels: LabelText) {
        exposition.counter(name, labels, Double(value))
    }
}

/// Rises and falls by what happens: requests in flight, open connections.
package final class Level: Metric {
    package static let kind = MetricKind.gauge
    private let cells = Cells(count: 1)

    package func add(_ count: Int = 1) { cells.add(count) }
    package func subtract(_ count: Int = 1) { cells.add(0 &- count) }
    package var value: Int { cells.sum() }

    package func write(to exposition: inout Exposition, _ name: String, _ labels: LabelText) {
        exposition.gauge(name, labels, Double(value))
    }
}

/// Is set to what somebody has found out: a temperature.
package final class Gauge: Metric {
    package static let kind = MetricKind.gauge
    private let bits = Atomic<UInt64>(0)

    package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    package func write(to exposition: inout Exposition, _ name: String, _ labels: LabelText) {
        exposition.gauge(name, labels, value)
    }
}

/// Counters that differ in one more label whose values are few and known: one addition finds and counts. Those that
/// are zero are not told.
package final class Tally: Metric {
    package static let kind = MetricKind.counter
    private let label: StaticString, values: [String]
    private let cells: Cells

    package init(by label: StaticString, _ values: [String]) {
        (self.label, self.values) = (label, values)
        cells = Cells(count: values.count)
    }

    /// `place` is that of the value in the list.
    package func add(at place: Int) { cells.add(1, at: place) }

    package func write(to exposition: inout Exposition, _ name: String, _ labels: LabelText) {
        for (place, value) in values.enumerated() {
            let count = cells.sum(at: place)
            if count > 0 { exposition.counter(name, labels.adding(label, value), Double(count)) }
        }
    }
}
