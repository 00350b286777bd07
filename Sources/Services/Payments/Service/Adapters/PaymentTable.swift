internal import OrdersContracts
internal import PaymentsContracts
internal import TradewindCQRS
internal import TradewindDomain
package import TradewindPersistence
internal import TradewindRepositories

extension Payment.Status: SQLBindable, SQLReadable {}

extension Payment: RowReadable {
    static let columns: SQL =
        "id, order_id, user_id, amount, status, failure_reason, order_cancelled, created_at, updated_at, version"

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), order: try row.decode(1), user: try row.decode(2), amount: try row.decode(3),
            status: try row.decode(4), failureReason: try row.decode(5), orderIsCancelled: try row.decode(6),
            createdAt: try row.decode(7), updatedAt: try row.decode(8), version: try row.decode(9))
    }
}

extension AggregateTable where A == Payment {
    static let payments = AggregateTable<Payment>(
        select: { "SELECT \(Payment.columns) FROM payments WHERE id = \($0)" }, read: { try Payment($0) },
        insert: { payment in
            """
            INSERT INTO payments (\(Payment.columns))
            VALUES (\(payment.id), \(payment.order), \(payment.user), \(payment.amount), \(payment.status),
            \(payment.failureReason), \(payment.orderIsCancelled), \(payment.createdAt), \(payment.updatedAt),
            \(payment.version))
            """
        },
        update: { payment in
            """
            UPDATE payments SET status = \(payment.status), failure_reason = \(payment.failureReason),
            order_cancelled = \(payment.orderIsCancelled), updated_at = \(payment.updatedAt),
            version = \(payment.version) WHERE id = \(payment.id)
            """
        })
}

extension Work {
    /// What others hear of it, with the commit.
    func publish(_ events: [PaymentEvent], of payment: Payment, for request: RequestContext) throws {
        let (id, order, user, amount) = (payment.id, payment.order, payment.user, payment.amount)
        for event in events {
            switch event {
            case .completed:
                try publish(PaymentCompleted(paymentId: id, orderId: order, userId: user, amount: amount), for: request)
            case .failed(let reason):
                try publish(
                    PaymentFailed(paymentId: id, orderId: order, userId: user, amount: amount, reason: reason),
                    for: request)
            case .refunded:
                try publish(PaymentRefunded(paymentId: id, orderId: order, userId: user, amount: amount), for: request)
            case .orderCancelled: break  // orders has told of it
            }
        }
    }
}
