internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
package import UsersContracts

package enum OrderTag {}
package typealias OrderID = ID<OrderTag>

package struct OrderCreated: IntegrationEvent, Equatable {
    package struct Item: Codable, Hashable, Sendable {
        package let productId: String, quantity: Int, price: Money

        package init(productId: String, quantity: Int, price: Money) {
            (self.productId, self.quantity, self.price) = (productId, quantity, price)
        }
    }

    package static let name: EventName = "order.created"
    package let orderId: OrderID, userId: UserID, items: [Item], totalAmount: Money
    package var subject: String { orderId.description }

    package init(orderId: OrderID, userId: UserID, items: [Item], totalAmount: Money) {
        (self.orderId, self.userId, self.items, self.totalAmount) = (orderId, userId, items, totalAmount)
    }
}

package struct OrderPaid: IntegrationEvent, Equatable {
    package static let name: EventName = "order.paid"
    package let orderId: OrderID, userId: UserID, totalAmount: Money
    package var subject: String { orderId.description }

    package init(orderId: OrderID, userId: UserID, totalAmount: Money) {
        (self.orderId, self.userId, self.totalAmount) = (orderId, userId, totalAmount)
    }
}

package struct OrderCancelled: IntegrationEvent, Equatable {
    package static let name: EventName = "order.cancelled"
    package let orderId: OrderID, userId: UserID, totalAmount: Money
    package var subject: String { orderId.description }

    package init(orderId: OrderID, userId: UserID, totalAmount: Money) {
        (self.orderId, self.userId, self.totalAmount) = (orderId, userId, totalAmount)
    }
}
