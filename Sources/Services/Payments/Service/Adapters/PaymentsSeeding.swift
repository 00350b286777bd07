internal import OrdersContracts
internal import PaymentsContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
package import TradewindRuntime
internal import UsersContracts

extension PaymentsService {
    /// The payment of each seeded order, as orders knows it to have ended.
    package static let seeding = Seeding(rows: SeededOrder.count) { seeder in
        let plan = seeder.plan
        try await seeder.fill(.payments, SeededOrder.count(in: plan)) { number in
            var dice = plan.dice(.payment, number)
            let payment = Payment(try SeededOrder(number, of: plan), &dice)
            return [
                payment.id.sqlValue, payment.order.sqlValue, payment.user.sqlValue, payment.amount.sqlValue,
                payment.status.sqlValue, payment.failureReason.sqlValue, payment.orderIsCancelled.sqlValue,
                payment.createdAt.sqlValue, payment.updatedAt.sqlValue, payment.version.sqlValue,
            ]
        }
    }
}

extension Payment {
    /// By the way that every payment goes.
    fileprivate init(_ seeded: SeededOrder, _ dice: inout Dice) {
        let order = seeded.order
        self.init(
            dice.id(at: seeded.placedAt), of: order.orderId, by: order.userId, amount: order.totalAmount,
            at: seeded.placedAt)
        version = version.next
        let answer: ProviderAnswer = seeded.outcome == .declined ? .declined("declined") : .approved
        change(settle(answer, at: seeded.settledAt))
        guard seeded.outcome == .cancelled else { return }
        change(cancelOrder(at: seeded.settledAt))
        change(refund(at: seeded.settledAt))
    }

    private mutating func change(_ events: [PaymentEvent]) { version = version.next }
}

extension BulkTable {
    fileprivate static let payments = BulkTable(
        "payments", columns: "id", "order_id", "user_id", "amount", "status", "failure_reason", "order_cancelled",
        "created_at", "updated_at", "version")
}
