/// A UUID that says of what: `ID<OrderTag>` does not fit where a user's is wanted. The tag stands in the owner's
/// contracts, so that others can hold the id of an order without knowing orders.
package struct ID<Tag>: Hashable, Comparable, Sendable {
    package let raw: UUID

    package init(_ raw: UUID) { self.raw = raw }

    package static func < (a: ID, b: ID) -> Bool { a.raw < b.raw }
}

extension ID {
    /// From a path, a form or a message.
    package init(_ text: some StringProtocol) throws(Violations) {
        guard let raw = UUID(String(text)) else { throw Violations(.format, "must be a UUID") }
        self.init(raw)
    }
}

extension ID: CustomStringConvertible {
    package var description: String { raw.description }
}

extension ID: Codable {
    package init(from decoder: any Decoder) throws { raw = try UUID(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try raw.encode(to: encoder) }
}
