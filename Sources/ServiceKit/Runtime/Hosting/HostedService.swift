package import TradewindMessaging
package import TradewindPersistence

/// A service that a program hosts: its name in the port table, its port there, what it keeps in a database, and how it
/// is put together.
///
///     static let hosted = HostedService(name, port: 3002, schema: [schema]) { env in
///         let config = OrdersConfig(&env)                    // its own settings, declared where they are read
///         return { host in
///             let service = try OrdersService(host.store(), config, …)
///             host.consume(service.subscriptions)
///             try host.serve(service.api)
///         }
///     }
package struct HostedService: Sendable {
    package typealias Composition = @Sendable (ServiceHost) throws -> Void

    package let name: String, port: UInt16
    /// Moved by `PORT`.
    package let isFront: Bool
    /// Its own tables, beside those of the platform (outbox, inbox, answers). Nil when it has no database.
    package let schema: [MigrationSet]?
    /// The events that it handles, whose dead letters can be its.
    package let listensTo: [any IntegrationEvent.Type]
    /// What `seed` fills them with.
    package let seeding: Seeding?
    /// Commands of its own, which every program has that hosts it.
    let commands: [@Sendable (ServiceDesk) -> ConsoleCommand]
    /// Reads the service's own settings; what it returns runs once all settings are good.
    let declare: @Sendable (inout ConfigReader) -> Composition

    package init(
        _ name: String, port: UInt16, isFront: Bool = false, schema: [MigrationSet]? = nil,
        listensTo: [any IntegrationEvent.Type] = [], seeding: Seeding? = nil,
        commands: [@Sendable (ServiceDesk) -> ConsoleCommand] = [],
        _ declare: @escaping @Sendable (inout ConfigReader) -> Composition = { _ in { _ in } }
    ) {
        (self.name, self.port, self.isFront) = (name, port, isFront)
        (self.schema, self.listensTo, self.seeding) = (schema, listensTo, seeding)
        (self.commands, self.declare) = (commands, declare)
    }

    var topics: [EventName] { listensTo.map { $0.name } }

    /// A setting of this service alone: `ORDERS_PORT`.
    func variable(_ setting: String) -> String { name.uppercased().replacing("-", with: "_") + "_" + setting }
}
