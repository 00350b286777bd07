package import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
internal import TradewindPersistence
package import TradewindRepositories
internal import TradewindResilience

/// Payments: exactly one for each order.
package struct PaymentsService: Sendable {
    package static let name = "payments"

    package let queries: QueryBus
    package let subscriptions: [Subscription]

    package init(
        _ store: Store, provider: any PaymentProvider, authorisation: Authorisation, instruments: Instruments = .none,
        clockwork: Clockwork
    ) throws(Miswiring) {
        queries = try QueryBus(
            for: [PaymentByID.self, ListPayments.self], instruments: instruments, authorisation: authorisation,
            clockwork: clockwork
        ) {
            PaymentByIDHandler(database: store.database)
            ListPaymentsHandler(database: store.database)
        }
        let payments = TakePayment(
            store: store, provider: provider, circuit: Circuit(clockwork: clockwork), clockwork: clockwork)
        subscriptions = [.takePayment(payments), .giveBackPayment(payments)]
    }
}
