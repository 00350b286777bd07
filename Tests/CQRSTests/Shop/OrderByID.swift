import TradewindCQRS
import TradewindDomain

struct OrderByID: Query {
    typealias Result = Order
    let id: OrderID

    var access: Access { .signedIn }
}

struct OrderByIDHandler: QueryHandler {
    typealias Handled = OrderByID
    let shop: Shop

    func callAsFunction(_ query: OrderByID, for request: RequestContext) async throws -> Order {
        guard let order = shop.orders[query.id] else { throw NotFound(Order.kind, query.id) }
        return order
    }
}
