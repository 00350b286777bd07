internal import OrdersContracts
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension Subscription {
    /// A new user gets an order, once, however often and in whatever order users tells of them.
    static func welcomeNewUser(_ store: Store, _ clockwork: Clockwork) -> Subscription {
        .reaction(to: UserCreated.self, by: OrdersService.name, in: store.work) { event, work, request in
            let isNew = try await work.query(
                """
                INSERT INTO known_users (user_id) VALUES (\(event.userId)) ON CONFLICT (user_id) DO NOTHING
                RETURNING user_id
                """)
            guard !isNew.isEmpty else { return }
            let (order, events) = try Order.welcome(clockwork.newID(), for: event.userId, at: clockwork.now())
            try work.add(order, to: .orders)
            try work.publish(events, of: order, for: request)
        }
    }
}
