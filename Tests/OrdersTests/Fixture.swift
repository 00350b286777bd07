import Orders
import OrdersContracts
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindJSON
internal import TradewindRuntime
import TradewindTesting
import UsersContracts

typealias OrderDesk = ServiceBench<OrdersService>

extension ServiceBench where Service == OrdersService {
    static func open(
        _ storage: Storage, authorisation: Authorisation = .off, caller: Caller = .anonymous,
        _ body: @escaping @Sendable (OrderDesk) async throws -> Void
    ) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await open(
            storage, schema: OrdersService.schema, caller: caller, authorisation: authorisation,
            { store in
                let service = try OrdersService(store, authorisation: authorisation, clockwork: .live)
                return (service, service.api, service.subscriptions)
            }, body)
    }

    func place(_ body: JSONValue) async throws -> TestResponse { try await site.post("/api/orders", json: body) }

    func place(for user: UserID) async throws -> OrderView {
        try await place([
            "userId": .string(user.description),
            "items": [["productId": "product-mouse", "quantity": 2, "price": .hundredths(2_999)]],
        ]).json()
    }

    func order(_ id: OrderID) async throws -> OrderView { try await site.get("/api/orders/\(id)").json() }
    func orders(_ query: String = "") async throws -> [OrderView] { try await site.get("/api/orders" + query).json() }
}

extension ID where Tag == UserTag {
    static let alice = UserID(UUID(high: 1, low: 1))
    static let bob = UserID(UUID(high: 1, low: 2))
}

extension PlaceOrder {
    static func oneMouse(for user: UserID) throws -> PlaceOrder {
        try JSON.decode(
            PlaceOrder.self,
            from: #"{"userId":"\#(user)","items":[{"productId":"product-mouse","quantity":1,"price":29.99}]}"#)
    }
}
