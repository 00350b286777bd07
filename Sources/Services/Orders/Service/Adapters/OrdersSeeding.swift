internal import OrdersContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
package import TradewindRuntime
internal import UsersContracts

extension OrdersService {
    /// Orders that are settled: nobody would ever tell how a pending one has ended.
    package static let seeding = Seeding(rows: { $0.users + SeededOrder.count(in: $0) }) { seeder in
        let plan = seeder.plan
        try await seeder.fill(.knownUsers, plan.users) { [SeededUser($0, of: plan).id.sqlValue] }
        try await seeder.fill(.orders, SeededOrder.count(in: plan)) { number in
            let order = try Order(SeededOrder(number, of: plan))
            return [
                order.id.sqlValue, order.user.sqlValue, try JSONText(order.items).sqlValue, order.total.sqlValue,
                order.status.sqlValue, order.createdAt.sqlValue, order.updatedAt.sqlValue, order.version.sqlValue,
            ]
        }
    }
}

extension Order {
    /// By the way that every order goes, so that none is there that could not be.
    fileprivate init(_ seeded: SeededOrder) throws {
        let lines = seeded.order.items.map { OrderLine(stored: $0.productId, $0.quantity, $0.price) }
        (self, _) = try Order.place(seeded.order.orderId, for: seeded.order.userId, lines, at: seeded.placedAt)
        switch seeded.outcome {
        case .paid: _ = pay(at: seeded.settledAt)
        case .declined: _ = failPayment(at: seeded.settledAt)
        case .cancelled: _ = try cancel(at: seeded.settledAt)
        }
        version = Version.new.next.next
    }
}

extension BulkTable {
    fileprivate static let knownUsers = BulkTable("known_users", columns: "user_id")
    fileprivate static let orders = BulkTable(
        "orders", columns: "id", "user_id", "items", "total", "status", "created_at", "updated_at", "version")
}
