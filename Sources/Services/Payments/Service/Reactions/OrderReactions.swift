internal import OrdersContracts
internal import TradewindMessaging

extension Subscription {
    /// Without an inbox: a payment is one by its order, and what is begun must be finished when a message comes again.
    static func takePayment(_ payments: TakePayment) -> Subscription {
        .on(OrderCreated.self) { try await payments.take($0.event, for: $0.request) }
    }

    static func giveBackPayment(_ payments: TakePayment) -> Subscription {
        .on(OrderCancelled.self) { try await payments.cancel($0.event, for: $0.request) }
    }
}
