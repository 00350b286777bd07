internal import OrdersContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindRepositories

package struct CancelOrder: Command {
    package typealias Result = OrderView
    package static let attempts = 3

    let order: OrderID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.orderID, order)] }
}

struct CancelOrderHandler: CommandHandler {
    typealias Handled = CancelOrder
    let clockwork: Clockwork

    func callAsFunction(_ command: CancelOrder, in work: Work, for request: RequestContext) async throws -> OrderView {
        let (order, events) = try await work.update(command.order, in: .orders) {
            (order: inout Order) throws -> [OrderEvent] in
            try Access.only(order.user).admit(request.caller)
            return try order.cancel(at: clockwork.now())
        }
        try work.publish(events, of: order, for: request)
        return OrderView(order)
    }
}
