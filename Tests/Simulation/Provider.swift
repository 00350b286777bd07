import OrdersContracts
import Payments
import PaymentsContracts
import TradewindDomain
import TradewindLocks
import TradewindTesting

/// Who really takes the money: another company, whose books outlive our programs. Asked twice for a payment it takes it
/// once, as it must; it cannot know of two payments for one order.
final class Provider: PaymentProvider {
    struct Books {
        var taken: [PaymentID: Money] = [:]
        var givenBack: Set<PaymentID> = []
    }

    private let simulation: Simulation
    private let state = Lock(Books())

    init(_ simulation: Simulation) { self.simulation = simulation }

    var books: Books { state.withLock(\.self) }

    func charge(_ charge: Charge) async throws(ProviderFailure) -> ProviderAnswer {
        try await arrive()
        let isDeclined = charge.items.contains { $0.productId.hasPrefix("product-decline") }
        if !isDeclined { state.withLock { $0.taken[charge.payment] = charge.amount } }
        try await arrive()
        return isDeclined ? .declined("declined") : .approved
    }

    func refund(_ payment: PaymentID, _ amount: Money) async throws(ProviderFailure) {
        try await arrive()
        state.withLock { _ = $0.givenBack.insert(payment) }
        try await arrive()
    }

    /// Silent on the way there or back.
    private func arrive() async throws(ProviderFailure) {
        do { try await simulation.dawdle() } catch { throw ProviderFailure("hung up") }
        if simulation.strikes(.providerSilent) { throw ProviderFailure("no answer") }
    }
}
