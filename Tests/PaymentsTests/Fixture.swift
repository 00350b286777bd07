import OrdersContracts
import Payments
import PaymentsContracts
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindLocks
import TradewindRuntime
import TradewindTesting
import UsersContracts

typealias PaymentDesk = ServiceBench<PaymentsService>

extension ServiceBench where Service == PaymentsService {
    static func open(
        _ storage: Storage, provider: any PaymentProvider = SimulatedProvider(.init(), clockwork: .live),
        _ body: @escaping @Sendable (PaymentDesk) async throws -> Void
    ) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await open(
            storage, schema: PaymentsService.schema,
            { store in
                let service = try PaymentsService(
                    store, provider: provider, authorisation: .off, clockwork: .live)
                return (service, service.api, service.subscriptions)
            }, body)
    }

    func payments(_ query: String = "") async throws -> [PaymentView] {
        try await site.get("/api/payments" + query).json()
    }
}

extension OrderCreated {
    static func some(_ product: String = "product-mouse", cents: Int64 = 2_999) -> OrderCreated {
        let price = Money(hundredths: cents)
        return OrderCreated(
            orderId: Clockwork.live.newID(), userId: UserID(UUID(high: 1, low: 1)),
            items: [.init(productId: product, quantity: 1, price: price)], totalAmount: price)
    }

    var cancelled: OrderCancelled { OrderCancelled(orderId: orderId, userId: userId, totalAmount: totalAmount) }
}

/// A provider at the end of a line that the test cuts: it says what it has been asked, takes its time, fails when told.
final class Till: PaymentProvider {
    private let charged = Lock<[PaymentID]>([])
    private let refunded = Lock<[PaymentID]>([])
    private let failures: Lock<Int>
    private let beforeAnswer: @Sendable () async throws -> Void

    init(failures: Int = 0, beforeAnswer: @escaping @Sendable () async throws -> Void = {}) {
        self.failures = Lock(failures)
        self.beforeAnswer = beforeAnswer
    }

    var charges: [PaymentID] { charged.withLock(\.self) }
    var refunds: [PaymentID] { refunded.withLock(\.self) }

    func charge(_ charge: Charge) async throws(ProviderFailure) -> ProviderAnswer {
        charged.withLock { $0.append(charge.payment) }
        try await answer()
        return .approved
    }

    func refund(_ payment: PaymentID, _ amount: Money) async throws(ProviderFailure) {
        refunded.withLock { $0.append(payment) }
        try await answer()
    }

    private func answer() async throws(ProviderFailure) {
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw ProviderFailure("no answer") }
        do { try await beforeAnswer() } catch { throw ProviderFailure("\(error)") }
    }
}
