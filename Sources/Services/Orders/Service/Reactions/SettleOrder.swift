internal import OrdersContracts
internal import PaymentsContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension Subscription {
    static func payOrder(_ store: Store, _ clockwork: Clockwork) -> Subscription {
        .reaction(to: PaymentCompleted.self, by: OrdersService.name, in: store.work) { event, work, request in
            try await work.change(event.orderId, for: request) { $0.pay(at: clockwork.now()) }
        }
    }

    static func failPayment(_ store: Store, _ clockwork: Clockwork) -> Subscription {
        .reaction(to: PaymentFailed.self, by: OrdersService.name, in: store.work) { event, work, request in
            try await work.change(event.orderId, for: request) { $0.failPayment(at: clockwork.now()) }
        }
    }

    /// Nobody is left to pay what is still pending.
    static func cancelOrdersOfDeletedUser(_ store: Store, _ clockwork: Clockwork) -> Subscription {
        .reaction(to: UserDeleted.self, by: OrdersService.name, in: store.work) { event, work, request in
            let now = clockwork.now()
            work.write(
                """
                INSERT INTO known_users (user_id, deleted_at) VALUES (\(event.userId), \(now))
                ON CONFLICT (user_id) DO UPDATE SET deleted_at = excluded.deleted_at
                """)
            let pending = try await work.query(
                "SELECT id FROM orders WHERE user_id = \(event.userId) AND status = \(Order.Status.pending) ORDER BY id"
            )
            for row in pending {
                try await work.change(try row.decode(0), for: request) { order in
                    // Paid since it was looked up.
                    guard order.status == .pending else { return [] }
                    return try order.cancel(at: now)
                }
            }
        }
    }
}

extension Work {
    fileprivate func change(
        _ id: OrderID, for request: RequestContext, _ change: (inout Order) throws -> [OrderEvent]
    ) async throws {
        let (order, events) = try await update(id, in: .orders, change)
        try publish(events, of: order, for: request)
    }
}
