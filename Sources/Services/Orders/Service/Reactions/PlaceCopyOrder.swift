internal import ChannelsContracts
internal import OrdersContracts
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension Subscription {
    /// Somebody copies a signal. The order bears the id of the copy, so that it is one under whatever name the request
    /// comes again.
    static func placeCopyOrder(_ store: Store, _ clockwork: Clockwork) -> Subscription {
        .reaction(to: CopyOrderRequested.self, by: OrdersService.name, in: store.work) { event, work, request in
            let (order, events) = try Order.place(
                OrderID(event.copyId.raw), for: event.userId, [line(of: event)], at: clockwork.now())
            // Nothing is read before, so that many of these share a commit.
            try work.add(order, to: .orders, conflicts: ["orders_pkey": AlreadyHandled()])
            try work.publish(events, of: order, for: request)
        }
    }

    private static func line(of event: CopyOrderRequested) throws(PoisonMessage) -> OrderLine {
        do throws(Violations) {
            return try OrderLine(product: event.productId, quantity: event.quantity) { event.price }
        } catch { throw PoisonMessage("no order can be like this: \(error)") }
    }
}
