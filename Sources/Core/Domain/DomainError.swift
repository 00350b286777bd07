/// The name of a rule, for programs: `only-open-orders-can-be-cancelled`.
package struct Rule: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String
    package init(stringLiteral value: String) { description = value }
}

/// The domain said no. Each case of a conforming enum is named as the rule that it is, and carries the value that broke
/// it. Nobody wraps it on its way out.
package protocol DomainError: Error, Sendable {
    var rule: Rule { get }
}

/// There is no such thing, or none that the caller may know of.
package struct NotFound: Error, Hashable, Sendable, CustomStringConvertible {
    package let kind: String, id: String

    package init(_ kind: String, _ id: some CustomStringConvertible) { (self.kind, self.id) = (kind, id.description) }

    package var description: String { "no \(kind) \(id)" }
}

/// Somebody else has changed the aggregate since it was loaded.
package struct VersionConflict: Error, Hashable, Sendable, CustomStringConvertible {
    package let kind: String, id: String, expected: Version

    package init(_ kind: String, _ id: some CustomStringConvertible, expected: Version) {
        (self.kind, self.id, self.expected) = (kind, id.description, expected)
    }

    package var description: String { "\(kind) \(id) is no longer at version \(expected)" }
}
