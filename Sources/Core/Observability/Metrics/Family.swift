internal import TradewindLocks

/// What tells the metrics of a family apart. One type for each family, so that a label can be neither forgotten nor
/// misspelt:
///
///     struct Handled: Labels {
///         static let names: [StaticString] = ["topic", "outcome"]
///         let topic: String, outcome: Outcome
///         var values: [String] { [topic, outcome.rawValue] }
///     }
///     let handled = metrics.counters("messages_consumed_total", "Messages that were handled", by: Handled.self)
///     handled[Handled(topic: "orders", outcome: .succeeded)].add()
package protocol Labels: Hashable, Sendable {
    static var names: [StaticString] { get }
    /// In the order of the names.
    var values: [String] { get }
}

/// The metrics of one name, one for each set of labels that came.
///
/// Finding one takes a lock, so who records often keeps what was found. There are at most `most` sets: what has more is
/// labelled by something it should not be, an id or a path, and would fill memory here and in Prometheus. Those beyond
/// share one metric whose labels say `_overflow`, and are counted.
package final class Family<Label: Labels, Member: Metric>: Sendable {
    package static var overflow: String { "_overflow" }

    private let most: Int
    private let make: @Sendable () -> Member
    private let members = Lock<[Label: Member]>([:])
    private let rest: Member
    private let refused: Counter

    init(most: Int, refused: Counter, make: @escaping @Sendable () -> Member) {
        (self.most, self.refused, self.make, rest) = (most, refused, make, make())
    }

    package subscript(label: Label) -> Member {
        let found: Member? = members.withLock { members in
            if let member = members[label] { return member }
            guard members.count < most else { return nil }
            let member = make()
            members[label] = member
            return member
        }
        if let found { return found }
        refused.add()
        return rest
    }
}

extension Family: MetricSource {
    package var kind: MetricKind { Member.kind }

    package func write(to exposition: inout Exposition, _ name: String) {
        let members = members.withLock { $0 }
        let lines = members.map { (LabelText(Label.names, $0.key.values), $0.value) }.sorted { $0.0.text < $1.0.text }
        for (labels, member) in lines { member.write(to: &exposition, name, labels) }
        guard members.count >= most else { return }
        rest.write(to: &exposition, name, LabelText(Label.names, Label.names.map { _ in Self.overflow }))
    }
}

/// What has a name in an exposition.
package protocol MetricSource: Sendable {
    var kind: MetricKind { get }
    func write(to exposition: inout Exposition, _ name: String)
}

/// A metric without labels.
struct Single<Member: Metric>: MetricSource {
    let member: Member
    var kind: MetricKind { Member.kind }
    func write(to exposition: inout Exposition, _ name: String) { member.write(to: &exposition, name, .none) }
}
