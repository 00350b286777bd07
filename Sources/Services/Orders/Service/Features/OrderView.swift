package import OrdersContracts
internal import TradewindAPI
internal import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence
package import UsersContracts

/// An order as clients see it.
package struct OrderView: Codable, Equatable, Sendable {
    package let id: OrderID, userId: UserID
    package let items: [OrderCreated.Item]
    package let totalAmount: Money
    package let status: Order.Status
    /// Whether users has told of this user yet, and not of the end of the account: an order may be faster. Nil where
    /// nobody has looked, in the answer to a change.
    package let userKnown: Bool?
    package let createdAt: Timestamp, updatedAt: Timestamp
}

extension Order.Status: Described {}

extension OrderView {
    /// As a change has left it.
    init(_ order: Order) {
        self.init(
            id: order.id, userId: order.user, items: order.items, totalAmount: order.total, status: order.status,
            userKnown: nil, createdAt: order.createdAt, updatedAt: order.updatedAt)
    }
}

extension Order {
    var items: [OrderCreated.Item] {
        lines.map { .init(productId: $0.product.description, quantity: $0.quantity, price: $0.price) }
    }
}

extension OrderView: RowReadable {
    static let columns: SQL = """
        o.id, o.user_id, o.items, o.total, o.status, k.user_id IS NOT NULL AND k.deleted_at IS NULL, o.created_at, \
        o.updated_at FROM orders o LEFT JOIN known_users k ON k.user_id = o.user_id
        """

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), userId: try row.decode(1),
            items: try row.decode(2, as: JSONText.self).decode(), totalAmount: try row.decode(3),
            status: try row.decode(4), userKnown: try row.decode(5, as: Bool.self), createdAt: try row.decode(6),
            updatedAt: try row.decode(7))
    }
}
