internal import OrdersContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence

package struct OrderByID: Query {
    package typealias Result = OrderView
    let order: OrderID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
}

struct OrderByIDHandler: QueryHandler {
    typealias Handled = OrderByID
    let database: any Database

    func callAsFunction(_ query: OrderByID, for request: RequestContext) async throws -> OrderView {
        let rows = try await database.query("SELECT \(OrderView.columns) WHERE o.id = \(query.order)")
        guard let row = rows.first else { throw NotFound(Order.kind, query.order) }
        let order = try OrderView(row)
        try Access.only(order.userId).admit(request.caller)
        return order
    }
}
