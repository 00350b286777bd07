import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindTesting

/// A shop with everything that a service has, its clock in the test's hands.
struct OpenShop: Sendable {
    let clock = ManualClock()
    let shop: Shop
    let commands: CommandBus<Shop>
    let queries: QueryBus

    init(
        instruments: Instruments = .none, authorisation: Authorisation = .required,
        beforeCommit: @escaping @Sendable () async throws -> Void = {},
        afterCommit: @escaping @Sendable () throws -> Void = {}
    ) throws {
        let clockwork = Clockwork.manual(clock)
        let shop = Shop(beforeCommit: beforeCommit, afterCommit: afterCommit)
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: shop, unitOfWork: shop,
            clockwork: clockwork)
        commands = try CommandBus(for: [PlaceOrder.self, CancelOrder.self], behaviours) {
            PlaceOrderHandler(clockwork: clockwork)
            CancelOrderHandler(clockwork: clockwork)
        }
        queries = try QueryBus(
            for: [OrderByID.self], instruments: instruments, authorisation: authorisation, clockwork: clockwork
        ) {
            OrderByIDHandler(shop: shop)
        }
        self.shop = shop
    }
}

extension ID where Tag == UserTag {
    static let alice = UserID(UUID(high: 1, low: 1))
    static let bob = UserID(UUID(high: 1, low: 2))
}

extension PlaceOrder {
    static let twoMice = PlaceOrder(userId: .alice, items: [.init(productId: "product-mouse", quantity: 2, price: 25)])
    static let oneKeyboard = PlaceOrder(
        userId: .alice, items: [.init(productId: "product-keyboard", quantity: 1, price: 80)])
}

extension RequestContext {
    static let alice = RequestContext(id: .given("request-1"), caller: .user(UserID.alice.raw, .user))
    static let bob = RequestContext(id: .given("request-2"), caller: .user(UserID.bob.raw, .user))
    static let anonymous = RequestContext(id: .given("request-3"), caller: .anonymous)

    func with(key: String) throws -> RequestContext {
        var request = self
        request.idempotencyKey = try IdempotencyKey(key)
        return request
    }

    func with(deadline: Timestamp) -> RequestContext {
        var request = self
        request.deadline = deadline
        return request
    }
}
