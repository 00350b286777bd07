import Testing
import TradewindCQRS
import TradewindDomain
import TradewindTesting

@Suite struct `Wiring a bus` {
    private typealias Bus = CommandBus<Shop>

    private func behaviours(
        idempotency: (any IdempotencyStore<Shop.Transaction>)? = Shop()
    ) -> CommandBehaviours<Shop> {
        CommandBehaviours(
            authorisation: .off, idempotency: idempotency, unitOfWork: Shop(), clockwork: .manual())
    }

    @Test func `without a handler does not start, and says for what`() {
        let fault = #expect(throws: Miswiring.self) {
            try Bus(for: [PlaceOrder.self, CancelOrder.self], behaviours()) { PlaceOrderHandler(clockwork: .manual()) }
        }
        #expect(fault?.description == "CancelOrder has no handler")
    }

    @Test func `with two handlers does not start, and says which`() {
        let fault = #expect(throws: Miswiring.self) {
            try Bus(for: [CancelOrder.self], behaviours()) {
                CancelOrderHandler(clockwork: .manual())
                SecondCancelOrderHandler()
            }
        }
        #expect(
            fault?.description == "CancelOrder has 2 handlers: CancelOrderHandler and SecondCancelOrderHandler")
    }

    @Test func `with a handler that the service does not list does not start`() {
        let fault = #expect(throws: Miswiring.self) {
            try Bus(for: [], behaviours()) { CancelOrderHandler(clockwork: .manual()) }
        }
        #expect(
            fault?.description
                == "CancelOrder has a handler, CancelOrderHandler, but the service does not list it")
    }

    @Test func `with two commands of one name does not start`() {
        let fault = #expect(throws: Miswiring.self) {
            try Bus(for: [CancelOrder.self, Namesake.self], behaviours()) {
                CancelOrderHandler(clockwork: .manual())
                NamesakeHandler()
            }
        }
        #expect(fault?.description == "CancelOrder and Namesake are both called CancelOrder")
    }

    @Test func `with nowhere to keep the answers of an idempotent command does not start`() {
        let fault = #expect(throws: Miswiring.self) {
            try Bus(for: [PlaceOrder.self], behaviours(idempotency: nil)) { PlaceOrderHandler(clockwork: .manual()) }
        }
        #expect(fault?.description == "PlaceOrder is idempotent, but the bus has no store for its answers")
        #expect(throws: Never.self) {
            try Bus(for: [CancelOrder.self], behaviours(idempotency: nil)) { CancelOrderHandler(clockwork: .manual()) }
        }
    }

    @Test func `names everything that is wrong at once`() {
        let fault = #expect(throws: Miswiring.self) {
            try Bus(for: [PlaceOrder.self, Namesake.self], behaviours()) { CancelOrderHandler(clockwork: .manual()) }
        }
        #expect(
            fault?.faults == [
                "CancelOrder has a handler, CancelOrderHandler, but the service does not list it",
                "Namesake has no handler", "PlaceOrder has no handler",
            ])
    }

    @Test func `holds for queries as well`() {
        let fault = #expect(throws: Miswiring.self) {
            try QueryBus(for: [OrderByID.self], authorisation: .off, clockwork: .manual()) {}
        }
        #expect(fault?.description == "OrderByID has no handler")
    }

    @Test func `does not know what was never listed`() async throws {
        let bus = try Bus(for: [], behaviours()) {}
        let fault = await #expect(throws: Miswiring.self) {
            try await bus.send(CancelOrder(order: OrderID(.zero)), .alice)
        }
        #expect(fault?.description == "CancelOrder has no handler")
    }

    private struct SecondCancelOrderHandler: CommandHandler {
        typealias Handled = CancelOrder
        func callAsFunction(_ command: CancelOrder, in shop: Shop.Transaction, for request: RequestContext) async {}
    }

    private struct Namesake: Command {
        static let name = "CancelOrder"
        var access: Access { .anyone }
    }

    private struct NamesakeHandler: CommandHandler {
        typealias Handled = Namesake
        func callAsFunction(_ command: Namesake, in shop: Shop.Transaction, for request: RequestContext) async {}
    }
}
