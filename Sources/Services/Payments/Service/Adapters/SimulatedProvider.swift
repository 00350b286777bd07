internal import OrdersContracts
package import PaymentsContracts
package import TradewindDomain

/// A provider for development, tests and demonstrations. It approves, unless the order asks to be declined or costs too
/// much; it can be slow, and fail by chance.
package struct SimulatedProvider: PaymentProvider {
    private let settings: Settings
    private let clockwork: Clockwork

    package struct Settings: Sendable {
        package var delay = Duration.zero
        /// Of a thousand calls.
        package var failures = 0
        package var limit: Money?
        package init() {}
    }

    package init(_ settings: Settings, clockwork: Clockwork) { (self.settings, self.clockwork) = (settings, clockwork) }

    package func charge(_ charge: Charge) async throws(ProviderFailure) -> ProviderAnswer {
        try await answer()
        if charge.items.contains(where: { $0.productId.hasPrefix("product-decline") }) { return .declined("declined") }
        if let limit = settings.limit, charge.amount.hundredths > limit.hundredths {
            return .declined("limit-exceeded")
        }
        return .approved
    }

    package func refund(_ payment: PaymentID, _ amount: Money) async throws(ProviderFailure) { try await answer() }

    private func answer() async throws(ProviderFailure) {
        if settings.delay > .zero {
            do { try await clockwork.sleep(settings.delay) } catch { throw ProviderFailure("cancelled") }
        }
        if settings.failures > 0, clockwork.newUUID().low % 1_000 < UInt64(settings.failures) {
            throw ProviderFailure("the provider did not answer")
        }
    }
}
