import TradewindCQRS
import TradewindDomain

struct CancelOrder: Command {
    static let attempts = 3

    let order: OrderID

    var access: Access { .signedIn }
}

struct CancelOrderHandler: CommandHandler {
    typealias Handled = CancelOrder
    let clockwork: Clockwork

    func callAsFunction(
        _ command: CancelOrder, in shop: Shop.Transaction, for request: RequestContext
    ) async throws {
        try shop.update(command.order) { order in try order.cancel(at: clockwork.now()) }
    }
}
