package import TradewindDomain
package import UsersContracts

/// Whose channel it is and where it is outside: never two channels of one origin.
package struct ChannelOrigin: Codable, Hashable, Sendable {
    package let user: UserID, medium: Channel.Medium, externalID: ExternalID

    package init(user: UserID, medium: Channel.Medium, externalID: ExternalID) {
        (self.user, self.medium, self.externalID) = (user, medium, externalID)
    }
}

/// What the other side calls something: a room, a message.
package struct ExternalID: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package static let lengths = 1...255

    package init(_ text: String) throws(Violations) { description = try oneLine(text, Self.lengths) }

    package init(stored text: String) { description = text }
}

package struct ChannelName: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package static let lengths = 1...100

    package init(_ text: String) throws(Violations) { description = try oneLine(text, Self.lengths) }

    package init(stored text: String) { description = text }
}

// What is stored was looked at when it came in.

extension ExternalID: Codable {
    package init(from decoder: any Decoder) throws { self.init(stored: try String(from: decoder)) }
    package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension ChannelName: Codable {
    package init(from decoder: any Decoder) throws { self.init(stored: try String(from: decoder)) }
    package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

func isOneLine(_ text: String, _ lengths: ClosedRange<Int>) -> Bool { (try? oneLine(text, lengths)) != nil }

/// Text without control characters. Blanks around it are slips.
func oneLine(_ text: String, _ lengths: ClosedRange<Int>) throws(Violations) -> String {
    let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let scalars = text.unicodeScalars
    let start = scalars.firstIndex { !isBlank($0) } ?? scalars.endIndex
    let end = scalars.lastIndex { !isBlank($0) }.map(scalars.index(after:)) ?? start
    let trimmed = scalars[start..<end]
    var check = Validation()
    check.require(
        lengths.contains(trimmed.count), .length,
        "must have \(lengths.lowerBound) to \(lengths.upperBound) characters")
    check.require(
        !trimmed.contains { $0.properties.generalCategory == .control }, .format, "must not hold control characters")
    try check.done()
    return String(trimmed)
}
