package import OrdersContracts
package import PaymentsContracts
package import TradewindDomain

/// Who really takes the money. A payment's id is its idempotency key: asked twice, the provider answers the same and
/// takes it once.
package protocol PaymentProvider: Sendable {
    func charge(_ charge: Charge) async throws(ProviderFailure) -> ProviderAnswer
    func refund(_ payment: PaymentID, _ amount: Money) async throws(ProviderFailure)
}

package struct Charge: Sendable {
    package let payment: PaymentID, amount: Money
    package let items: [OrderCreated.Item]

    package init(payment: PaymentID, amount: Money, items: [OrderCreated.Item]) {
        (self.payment, self.amount, self.items) = (payment, amount, items)
    }
}

package enum ProviderAnswer: Hashable, Sendable {
    case approved
    case declined(String)
}

/// It did not answer, or not so that anything is known: try again.
package struct ProviderFailure: Error, Hashable, Sendable {
    package let description: String
    package init(_ description: String) { self.description = description }
}
