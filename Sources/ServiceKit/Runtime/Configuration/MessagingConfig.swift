package import TradewindBrokers

/// What carries messages between services.
package struct MessagingConfig: Sendable {
    package let broker: BrokerChoice

    package init(_ env: inout ConfigReader) {
        env.section("Messaging")
        let name: BrokerChoice.Name = env(
            "MESSAGING_BACKEND", .choice, default: .embedded,
            help: "`embedded` reaches the services of its own process only; the others need a broker")
        broker =
            switch name {
            case .embedded, .redis, .kafka: .embedded
            }
    }

    /// What the broker itself keeps in a database, beside those of the services.
    var stores: [HostedService] { broker.name == .embedded ? [.messages] : [] }
}

extension HostedService {
    /// Not a service: where the embedded broker keeps dead letters.
    static let messages = HostedService("messages", port: 0, schema: [BrokerChoice.deadLetters])
}
