/// What changes as a whole, under rules that it keeps itself. A value: its verbs are mutating functions that throw the
/// rule they would break and return what happened. Whoever stores it stores these events with it.
package protocol Aggregate: Sendable {
    associatedtype Tag
    associatedtype Event: DomainEvent

    /// What it is called in errors: `order`.
    static var kind: String { get }
    var id: ID<Tag> { get }
    /// That of the stored row, which it was loaded from or will be; the repository counts it on.
    var version: Version { get set }
}

/// Something that happened, in the past tense. Others hear of it as an integration event, if at all.
package protocol DomainEvent: Sendable {}

/// An aggregate that is what its events make of it.
package protocol EventSourced: Aggregate {
    /// Nil when the event is not one that begins a life.
    init?(_ first: Event)
    /// Cannot fail: what happened has happened.
    mutating func apply(_ event: Event)
}

extension EventSourced {
    /// From all that ever happened; nil when nothing did. The version is the number of events.
    package init?(replaying events: some Sequence<Event>) {
        var events = events.makeIterator()
        guard let first = events.next(), var aggregate = Self(first) else { return nil }
        aggregate.version = Version.new.next
        while let event = events.next() {
            aggregate.apply(event)
            aggregate.version = aggregate.version.next
        }
        self = aggregate
    }
}

/// Counts the changes of an aggregate: two who began with the same one cannot both be right.
package struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    /// Not stored yet.
    package static let new = Version(0)
    package var next: Version { Version(number &+ 1) }

    package static func < (a: Version, b: Version) -> Bool { a.number < b.number }
    package var description: String { String(number) }
}
