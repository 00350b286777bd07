internal import OrdersContracts
package import TradewindAPI
internal import TradewindCQRS
internal import TradewindHTTP

extension OrdersService {
    package var api: API {
        API("Orders", "What users have ordered, and whether it is paid") {
            Endpoint.post(
                "/api/orders", "Place an order", access: .signedIn, takes: PlaceOrder.self,
                gives: .created(OrderView.self, at: { "/api/orders/\($0.id)" })
            ) { order, call in
                try await commands.send(order, call.context)
            }.repeatable

            Endpoint.get(
                "/api/orders", "List orders, the newest first", access: .signedIn, asks: ListOrders.self,
                gives: .page(of: OrderView.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            }

            Endpoint.get("/api/orders/:id", "One order", access: .signedIn, gives: .ok(OrderView.self)) { call in
                try await queries.ask(OrderByID(order: try call.id()), call.context)
            }

            Endpoint.post(
                "/api/orders/:id/cancel", "Cancel an order", access: .signedIn, gives: .ok(OrderView.self)
            ) { call in
                try await commands.send(CancelOrder(order: try call.id()), call.context)
            }.refusing(.conflict, "Only pending orders can be cancelled")
        }
    }
}
