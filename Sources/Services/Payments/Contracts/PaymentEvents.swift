package import OrdersContracts
internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
package import UsersContracts

package enum PaymentTag {}
package typealias PaymentID = ID<PaymentTag>

package struct PaymentCompleted: IntegrationEvent, Equatable {
    package static let name: EventName = "payment.completed"
    package let paymentId: PaymentID, orderId: OrderID, userId: UserID, amount: Money
    package var subject: String { paymentId.description }

    package init(paymentId: PaymentID, orderId: OrderID, userId: UserID, amount: Money) {
        (self.paymentId, self.orderId, self.userId, self.amount) = (paymentId, orderId, userId, amount)
    }
}

package struct PaymentFailed: IntegrationEvent, Equatable {
    package static let name: EventName = "payment.failed"
    package let paymentId: PaymentID, orderId: OrderID, userId: UserID, amount: Money, reason: String
    package var subject: String { paymentId.description }

    package init(paymentId: PaymentID, orderId: OrderID, userId: UserID, amount: Money, reason: String) {
        (self.paymentId, self.orderId, self.userId, self.amount) = (paymentId, orderId, userId, amount)
        self.reason = reason
    }
}

package struct PaymentRefunded: IntegrationEvent, Equatable {
    package static let name: EventName = "payment.refunded"
    package let paymentId: PaymentID, orderId: OrderID, userId: UserID, amount: Money
    package var subject: String { paymentId.description }

    package init(paymentId: PaymentID, orderId: OrderID, userId: UserID, amount: Money) {
        (self.paymentId, self.orderId, self.userId, self.amount) = (paymentId, orderId, userId, amount)
    }
}
