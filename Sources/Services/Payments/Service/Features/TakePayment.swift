internal import OrdersContracts
internal import PaymentsContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories
internal import TradewindResilience
internal import UsersContracts

/// Takes the payment of an order, once, however often it is asked to, and gives it back when the order is cancelled.
///
/// A provider cannot be part of a transaction. So there are two: one that says that the payment has begun, which the
/// order's uniqueness makes one, and one with the provider's answer. Whoever is killed in between is told of the order
/// again by the broker, finds the payment begun, and goes on.
struct TakePayment: Sendable {
    let store: Store
    let provider: any PaymentProvider
    let circuit: Circuit
    let clockwork: Clockwork

    static let attempts = 3
    static let pause = Duration.milliseconds(50)

    func take(_ order: OrderCreated, for request: RequestContext) async throws {
        let payment = try await begin(order.orderId, order.userId, order.totalAmount)
        guard payment.status == .processing else { return try await giveBackIfCancelled(payment, request) }
        let charge = Charge(payment: payment.id, amount: payment.amount, items: order.items)
        let answer = try await asking { () async throws(ProviderFailure) in try await provider.charge(charge) }
        let settled = try await change(payment.id, request) { $0.settle(answer, at: clockwork.now()) }
        try await giveBackIfCancelled(settled, request)
    }

    /// An order may be cancelled before its payment has begun, or while it is under way.
    func cancel(_ order: OrderCancelled, for request: RequestContext) async throws {
        let payment = try await begin(order.orderId, order.userId, order.totalAmount)
        let cancelled = try await change(payment.id, request) { $0.cancelOrder(at: clockwork.now()) }
        try await giveBackIfCancelled(cancelled, request)
    }

    /// The payment of an order: the one there is, or a new one.
    private func begin(_ order: OrderID, _ user: UserID, _ amount: Money) async throws -> Payment {
        let payment = Payment(clockwork.newID(), of: order, by: user, amount: amount, at: clockwork.now())
        let begun = try await store.database.query(
            """
            INSERT INTO payments (\(Payment.columns))
            VALUES (\(payment.id), \(payment.order), \(payment.user), \(payment.amount), \(payment.status), NULL, false,
            \(payment.createdAt), \(payment.updatedAt), \(payment.version.next))
            ON CONFLICT (order_id) DO NOTHING RETURNING \(Payment.columns)
            """)
        if let row = begun.first { return try Payment(row) }
        let there = try await store.database.query("SELECT \(Payment.columns) FROM payments WHERE order_id = \(order)")
        guard let row = there.first else { throw NotFound(Payment.kind, order) }
        return try Payment(row)
    }

    private func giveBackIfCancelled(_ payment: Payment, _ request: RequestContext) async throws {
        guard payment.mustBeRefunded else { return }
        try await asking { () async throws(ProviderFailure) in try await provider.refund(payment.id, payment.amount) }
        _ = try await change(payment.id, request) { $0.refund(at: clockwork.now()) }
    }

    private func change(
        _ id: PaymentID, _ request: RequestContext, _ change: @Sendable (inout Payment) -> [PaymentEvent]
    ) async throws -> Payment {
        try await store.work { work in
            let (payment, events) = try await work.update(id, in: .payments, change)
            try work.publish(events, of: payment, for: request)
            return payment
        }
    }

    /// Asks the provider a few times. When it stays silent the broker tells of the order again: the payment waits,
    /// it does not fail.
    private func asking<Result>(_ ask: () async throws(ProviderFailure) -> Result) async throws -> Result {
        for attempt in 1... {
            do { return try await circuit(isFailure: { $0 is ProviderFailure }, ask) } catch let open as Circuit.Open {
                throw Refusal.unavailable(retryAfter: open.retryAfter)
            } catch is ProviderFailure where attempt < Self.attempts {
                try await clockwork.sleep(Self.pause * attempt)
            } catch is ProviderFailure {
                throw Refusal.unavailable(retryAfter: .seconds(1))
            }
        }
        throw Refusal.unavailable(retryAfter: .seconds(1))
    }
}
