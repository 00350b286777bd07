internal import OrdersContracts
package import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
internal import TradewindPersistence
package import TradewindRepositories
internal import TradewindResilience
package import TradewindRuntime

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

extension PaymentsService {
    package static let hosted = HostedService(
        name, port: 3003, schema: [schema], listensTo: [OrderCreated.self, OrderCancelled.self], seeding: seeding
    ) { env in
        let settings = SimulatedProvider.Settings(&env)
        return { host in
            let service = try PaymentsService(
                host.store(), provider: SimulatedProvider(settings, clockwork: host.clockwork),
                authorisation: host.authorisation, instruments: host.instruments, clockwork: host.clockwork)
            try host.consume(service.subscriptions)
            try host.serve(service.api)
        }
    }
}

extension SimulatedProvider.Settings {
    init(_ env: inout ConfigReader) {
        self.init()
        delay = env(
            "PAYMENT_DELAY", .duration(.zero ... .seconds(60)), default: .zero,
            help: "How long the simulated provider takes")
        failures = env(
            "PAYMENT_FAILURES", .int(0...1_000), default: 0, help: "Of a thousand calls, how many it leaves unanswered")
        limit = env.optional(
            "PAYMENT_LIMIT", .money, describedDefault: "none", help: "It declines what costs more, such as 1000.00")
    }
}

extension Kind<Money> {
    fileprivate static var money: Self {
        Self("an amount such as 1000.00", parse: { try? Money($0) }, format: \.digits)
    }
}
