/// What a service tells the others: in the past tense, a contract. It holds ids, money, time and words, never a thing
/// of the domain.
package protocol IntegrationEvent: Codable, Sendable {
    /// The topic, as it is called on the wire: `order.created`.
    static var name: EventName { get }
    /// Counted up when a reader of the old form could not read the new one.
    static var version: Int { get }
    /// What events of the same thing have in common and are kept in order by: the id of the aggregate.
    var subject: String { get }
}

extension IntegrationEvent {
    package static var version: Int { 1 }
}

package struct EventName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String
    package init(stringLiteral name: String) { description = name }
    package init(_ name: String) { description = name }
}
