package import OrdersContracts
package import PaymentsContracts
internal import TradewindAPI
internal import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence
package import UsersContracts

/// A payment as clients see it.
package struct PaymentView: Codable, Equatable, Sendable {
    package let id: PaymentID, orderId: OrderID, userId: UserID
    package let amount: Money
    package let status: Payment.Status
    package let failureReason: String?
    package let createdAt: Timestamp, updatedAt: Timestamp
}

extension Payment.Status: Described {}

extension PaymentView: RowReadable {
    static let columns: SQL = "id, order_id, user_id, amount, status, failure_reason, created_at, updated_at"

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), orderId: try row.decode(1), userId: try row.decode(2), amount: try row.decode(3),
            status: try row.decode(4), failureReason: try row.decode(5), createdAt: try row.decode(6),
            updatedAt: try row.decode(7))
    }
}
