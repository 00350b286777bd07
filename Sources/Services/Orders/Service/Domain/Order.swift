package import OrdersContracts
package import TradewindDomain
package import UsersContracts

package struct Order: Aggregate, Equatable {
    package enum Status: String, CaseIterable, Codable, Sendable {
        case pending, paid, cancelled
        case paymentFailed = "payment_failed"
    }

    package typealias Tag = OrderTag
    package typealias Event = OrderEvent

    package static let kind = "order"
    package let id: OrderID
    package let user: UserID
    package let lines: [OrderLine]
    package let total: Money
    package private(set) var status: Status
    package let createdAt: Timestamp
    package private(set) var updatedAt: Timestamp
    package var version: Version

    /// An order and the event that its life begins with.
    package static func place(
        _ id: OrderID, for user: UserID, _ lines: [OrderLine], at now: Timestamp
    ) throws(MoneyError) -> (order: Order, events: [OrderEvent]) {
        var total = Money.zero
        for line in lines { total = try total + line.price * line.quantity }
        let order = Order(
            id: id, user: user, lines: lines, total: total, status: .pending, createdAt: now, updatedAt: now,
            version: .new)
        return (order, [.placed])
    }

    /// What every new user gets.
    package static func welcome(
        _ id: OrderID, for user: UserID, at now: Timestamp
    ) throws(MoneyError) -> (order: Order, events: [OrderEvent]) {
        try place(id, for: user, [.welcome], at: now)
    }

    /// As it was stored.
    init(
        id: OrderID, user: UserID, lines: [OrderLine], total: Money, status: Status, createdAt: Timestamp,
        updatedAt: Timestamp, version: Version
    ) {
        (self.id, self.user, self.lines, self.total, self.status) = (id, user, lines, total, status)
        (self.createdAt, self.updatedAt, self.version) = (createdAt, updatedAt, version)
    }

    package mutating func cancel(at now: Timestamp) throws(OrderError) -> [OrderEvent] {
        guard status == .pending else { throw .onlyPendingOrdersCanBeCancelled(status) }
        move(to: .cancelled, at: now)
        return [.cancelled]
    }

    /// The payment is through. Of an order that is no longer pending nothing changes: one that was cancelled meanwhile
    /// is refunded by payments, which heard of it too.
    package mutating func pay(at now: Timestamp) -> [OrderEvent] {
        guard status == .pending else { return [] }
        move(to: .paid, at: now)
        return [.paid]
    }

    package mutating func failPayment(at now: Timestamp) -> [OrderEvent] {
        guard status == .pending else { return [] }
        move(to: .paymentFailed, at: now)
        return [.paymentFailed]
    }

    private mutating func move(to status: Status, at now: Timestamp) { (self.status, updatedAt) = (status, now) }
}

package enum OrderEvent: DomainEvent { case placed, paid, paymentFailed, cancelled }

package enum OrderError: DomainError, Equatable {
    case onlyPendingOrdersCanBeCancelled(Order.Status)

    package var rule: Rule {
        switch self {
        case .onlyPendingOrdersCanBeCancelled: "only-pending-orders-can-be-cancelled"
        }
    }
}
