internal import ChannelsContracts
internal import PaymentsContracts
package import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
internal import TradewindPersistence
package import TradewindRepositories
package import TradewindRuntime
internal import UsersContracts

/// Orders: placed by users, paid by payments.
package struct OrdersService: Sendable {
    package static let name = "orders"

    package let commands: CommandBus<DatabaseWork>
    package let queries: QueryBus
    package let subscriptions: [Subscription]

    package init(
        _ store: Store, authorisation: Authorisation, instruments: Instruments = .none, clockwork: Clockwork
    ) throws(Miswiring) {
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: store.answers,
            unitOfWork: store.work, clockwork: clockwork)
        commands = try CommandBus(for: [PlaceOrder.self, CancelOrder.self], behaviours) {
            PlaceOrderHandler(clockwork: clockwork)
            CancelOrderHandler(clockwork: clockwork)
        }
        queries = try QueryBus(
            for: [OrderByID.self, ListOrders.self], instruments: instruments, authorisation: authorisation,
            clockwork: clockwork
        ) {
            OrderByIDHandler(database: store.database)
            ListOrdersHandler(database: store.database)
        }
        subscriptions = [
            .welcomeNewUser(store, clockwork), .cancelOrdersOfDeletedUser(store, clockwork),
            .payOrder(store, clockwork), .failPayment(store, clockwork), .placeCopyOrder(store, clockwork),
        ]
    }
}

extension OrdersService {
    package static let hosted = HostedService(
        name, port: 3002, schema: [schema],
        listensTo: [
            UserCreated.self, UserDeleted.self, PaymentCompleted.self, PaymentFailed.self, CopyOrderRequested.self,
        ], seeding: seeding
    ) { _ in
        { host in
            let service = try OrdersService(
                host.store(), authorisation: host.authorisation, instruments: host.instruments,
                clockwork: host.clockwork)
            try host.consume(service.subscriptions)
            try host.serve(service.api)
        }
    }
}
