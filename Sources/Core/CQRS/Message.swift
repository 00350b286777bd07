package import TradewindDomain

/// What commands and queries have in common. It holds what the client wrote; what the handler gets is `Valid`, made of
/// it by the bus, so that a handler cannot be reached with anything else.
package protocol Message: Sendable {
    associatedtype Result: Sendable = Void
    associatedtype Valid: Sendable = Self

    /// On metrics, traces, the audit log and stored answers. By default the type's name.
    static var name: String { get }
    /// Who may send it. Has no default: an open door is a decision that somebody typed.
    var access: Access { get }
    /// Every violation at once. By default the message itself, for one that is made of value objects.
    func validated() throws(Violations) -> Valid
    /// What of it may be told to logs. By default nothing.
    var logFields: [LogField] { get }
}

extension Message {
    package static var name: String { String(describing: Self.self) }
    package var logFields: [LogField] { [] }
}

extension Message where Valid == Self {
    package func validated() throws(Violations) -> Self { self }
}

/// A field that a message has opted in to have logged.
package struct LogField: Hashable, Sendable {
    package let key: LogKey, value: String
    /// Told as it is, where text stands in quotes.
    package let isNumber: Bool

    package init(_ key: LogKey, _ value: some CustomStringConvertible & Sendable) {
        (self.key, self.value, isNumber) = (key, value.description, false)
    }

    package init(_ key: LogKey, _ value: some BinaryInteger & Sendable) {
        (self.key, self.value, isNumber) = (key, String(value), true)
    }
}

/// From a closed vocabulary: `extension LogKey { static let orderID = LogKey("order.id") }` stands where the id does.
package struct LogKey: Hashable, Sendable {
    package let description: String
    /// What is told under such a name is nobody's business: the second line of defence, behind types that cannot be
    /// shown.
    package let isSecret: Bool

    package init(_ text: StaticString) {
        description = text.description
        let words = description.lowercased().split { "._- ".contains($0) }.map(String.init)
        isSecret = words.contains { Self.secrets.contains($0) } || words.suffix(2) == ["api", "key"]
    }

    private static let secrets: Set<String> = [
        "password", "passphrase", "secret", "token", "cookie", "authorization", "credential", "credentials", "apikey",
        "jwt",
    ]
}

extension LogKey: CustomStringConvertible {}
