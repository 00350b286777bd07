package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP
package import TradewindMessaging
package import TradewindPersistence
package import TradewindRepositories
internal import TradewindRuntime

/// A service on a database of its own, put together as its program does, with a hand on everything: what it is asked
/// over HTTP, what it hears from the broker, what it tells.
package struct ServiceBench<Service: Sendable>: Sendable {
    package let service: Service
    package let site: TestSite
    package let database: any Database
    private let subscriptions: [Subscription]

    /// - Parameters:
    ///   - schema: the service's tables; `others` are those of the platform that it has beside the usual ones.
    ///   - authenticate: who sends a request, where it is not always the same one.
    ///   - compose: the service on its store, what it can be asked, and what it listens to.
    package static func open(
        _ storage: Storage, schema: MigrationSet, and others: [MigrationSet] = [], caller: Caller = .anonymous,
        authenticate: (@Sendable (Request) throws -> Caller)? = nil, authorisation: Authorisation = .off,
        _ compose: @escaping @Sendable (Store) throws -> (service: Service, api: API, subscriptions: [Subscription]),
        _ body: @escaping @Sendable (ServiceBench) async throws -> Void
    ) async throws {
        try await storage.open { database in
            for set in [.messaging(), DatabaseIdempotency.migrations()] + others + [schema] {
                try await Migrator(database).migrate(set, at: .noon)
            }
            let parts = try compose(Store(database, of: schema.owner, clockwork: .live, bell: Bell()))
            let edge = Edge(
                authenticate: authenticate ?? { _ in caller }, authorisation: authorisation, clockwork: .live)
            try await Routes(parts.api.routes(edge, version: "test")).serve(via: .inProcess) { site in
                try await body(
                    ServiceBench(
                        service: parts.service, site: site, database: database, subscriptions: parts.subscriptions))
            }
        }
    }

    /// The service hears of an event, as from the broker.
    package func hear<Event: IntegrationEvent>(_ event: Event, id: UUID = Clockwork.live.newUUID()) async throws {
        let request = RequestContext(id: .given("test"), caller: .anonymous)
        let envelope = try Envelope(event, id: id, source: "test", at: .noon, for: request)
        let delivery = Delivery(
            place: Place(Lane(Event.name, 0), 1), topic: Event.name, key: envelope.key, body: envelope.body)
        guard try await hear(delivery) else { throw DidNotHappen("nobody listens to \(Event.name)") }
    }

    /// False when the service does not listen to such.
    @discardableResult
    package func hear(_ delivery: Delivery) async throws -> Bool {
        guard let subscription = subscriptions.first(where: { $0.topic == delivery.topic }) else { return false }
        try await subscription.handle(delivery, nil)
        return true
    }

    /// The topics of what the service has told, in order.
    package func told() async throws -> [String] {
        try await database.query("SELECT topic FROM outbox ORDER BY position").map { try $0.decode(0) }
    }
}

/// An answer that says what went wrong.
package struct ProblemView: Decodable, Sendable {
    package struct Fault: Decodable, Hashable, Sendable { package let field: String, code: String, message: String }
    package let type: String, status: Int, detail: String?, errors: [Fault]?

    /// `items[0].price range`
    package var faults: [String] { (errors ?? []).map { "\($0.field) \($0.code)" } }
}
