import Orders
import OrdersContracts
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindLocks
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import TradewindTesting
import UsersContracts

/// The service on a database of its own, as its program composes it.
struct OrderDesk: Sendable {
    let site: TestSite
    let database: any Database
    let service: OrdersService

    static func open(
        _ storage: Storage, authorisation: Authorisation = .off, caller: Caller = .anonymous,
        _ body: @escaping @Sendable (OrderDesk) async throws -> Void
    ) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await storage.open { database in
            for set in [try .messaging(), try DatabaseIdempotency.migrations(), try OrdersService.schema()] {
                try await Migrator(database).migrate(set, at: .noon)
            }
            let store = Store(database, of: "orders", clockwork: .live, bell: Bell())
            let service = try OrdersService(store, authorisation: authorisation, clockwork: .live)
            let edge = Edge(authenticate: { _ in caller }, authorisation: authorisation, clockwork: .live)
            try await Routes(service.api.routes(edge, version: "1")).serve(via: .inProcess) { site in
                try await body(OrderDesk(site: site, database: database, service: service))
            }
        }
    }

    /// Hears an event as from the broker.
    func hear<Event: IntegrationEvent>(_ event: Event, id: UUID = Clockwork.live.newUUID()) async throws {
        let request = RequestContext(id: .given("r-1"), caller: .anonymous)
        let envelope = try Envelope(event, id: id, source: "test", at: .noon, for: request)
        let delivery = Delivery(
            place: Place(Lane(Event.name, 0), 1), topic: Event.name, key: envelope.key, body: envelope.body)
        let subscription = try #require(service.subscriptions.first { $0.topic == Event.name })
        try await subscription.handle(delivery)
    }

    func place(_ body: JSONValue) async throws -> TestResponse { try await site.post("/api/orders", json: body) }

    func place(for user: UserID, _ lines: [(String, Int, Int64)] = [("product-mouse", 2, 2_999)]) async throws
        -> OrderView
    {
        let items = lines.map { product, quantity, price -> JSONValue in
            ["productId": .string(product), "quantity": .number(JSONNumber(quantity)), "price": .hundredths(price)]
        }
        return try await place(["userId": .string(user.description), "items": .array(items)]).json()
    }

    func order(_ id: OrderID) async throws -> OrderView { try await site.get("/api/orders/\(id)").json() }
    func orders(_ query: String = "") async throws -> [OrderView] { try await site.get("/api/orders" + query).json() }

    /// The topics of what was published, in order.
    func published() async throws -> [String] {
        try await database.query("SELECT topic FROM outbox ORDER BY position").map { try $0.decode(0) }
    }
}

extension ID where Tag == UserTag {
    static let alice = UserID(UUID(high: 1, low: 1))
    static let bob = UserID(UUID(high: 1, low: 2))
}

struct ProblemView: Decodable {
    struct Fault: Decodable { let field: String, code: String, message: String }
    let type: String, status: Int, detail: String?, errors: [Fault]?
}

extension PlaceOrder {
    static func oneMouse(for user: UserID) throws -> PlaceOrder {
        try JSON.decode(
            PlaceOrder.self,
            from: #"{"userId":"\#(user)","items":[{"productId":"product-mouse","quantity":1,"price":29.99}]}"#)
    }
}

/// A value that a closure leaves behind.
final class Box<Value: Sendable>: Sendable {
    private let content: Lock<Value>
    init(_ value: Value) { content = Lock(value) }
    var value: Value { content.withLock(\.self) }
    func set(_ value: Value) { content.withLock { $0 = value } }
}
