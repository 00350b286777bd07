/// A figure that an adapter keeps about its clients, for metrics: one value for each, by its name.
package struct BrokerMeter: Sendable {
    package enum Kind: Sendable {
        /// Only rises.
        case total
        /// What is just now.
        case level
    }

    package let kind: Kind
    package let name: StaticString, help: StaticString
    package let read: @Sendable () -> [(client: String, value: Double)]

    package init(
        _ kind: Kind, _ name: StaticString, _ help: StaticString,
        _ read: @escaping @Sendable () -> [(client: String, value: Double)]
    ) {
        (self.kind, self.name, self.help, self.read) = (kind, name, help, read)
    }
}
