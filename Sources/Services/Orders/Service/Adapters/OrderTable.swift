internal import OrdersContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories

extension Order.Status: SQLBindable, SQLReadable {}

extension AggregateTable where A == Order {
    static let orders = AggregateTable<Order>(
        select: { id in
            """
            SELECT id, user_id, items, total, status, created_at, updated_at, version FROM orders WHERE id = \(id)
            """
        },
        read: { row in
            let items = try row.decode(2, as: JSONText.self).decode([OrderCreated.Item].self)
            return Order(
                id: try row.decode(0), user: try row.decode(1),
                lines: items.map { OrderLine(stored: $0.productId, $0.quantity, $0.price) },
                total: try row.decode(3), status: try row.decode(4), createdAt: try row.decode(5),
                updatedAt: try row.decode(6), version: try row.decode(7))
        },
        insert: { order in
            """
            INSERT INTO orders (id, user_id, items, total, status, created_at, updated_at, version)
            VALUES (\(order.id), \(order.user), \(try JSONText(order.items)), \(order.total), \(order.status),
            \(order.createdAt), \(order.updatedAt), \(order.version))
            """
        },
        update: { order in
            """
            UPDATE orders SET status = \(order.status), updated_at = \(order.updatedAt), version = \(order.version)
            WHERE id = \(order.id)
            """
        })
}

extension Work {
    /// What others hear of it, with the commit.
    func publish(_ events: [OrderEvent], of order: Order, for request: RequestContext) throws {
        for event in events {
            switch event {
            case .placed:
                try publish(
                    OrderCreated(
                        orderId: order.id, userId: order.user, items: order.items, totalAmount: order.total),
                    for: request)
            case .paid:
                try publish(OrderPaid(orderId: order.id, userId: order.user, totalAmount: order.total), for: request)
            case .cancelled:
                try publish(
                    OrderCancelled(orderId: order.id, userId: order.user, totalAmount: order.total), for: request)
            case .paymentFailed: break  // payments has told of it
            }
        }
    }
}
