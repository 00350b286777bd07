package import OrdersContracts
package import PaymentsContracts
package import TradewindDomain
package import UsersContracts

package struct Payment: Aggregate, Equatable {
    package enum Status: String, CaseIterable, Codable, Sendable { case processing, completed, failed, refunded }

    package typealias Tag = PaymentTag
    package typealias Event = PaymentEvent

    package static let kind = "payment"
    package let id: PaymentID
    package let order: OrderID
    package let user: UserID
    package let amount: Money
    package private(set) var status: Status
    package private(set) var failureReason: String?
    /// Its order is cancelled: once it is completed it must be given back.
    package private(set) var orderIsCancelled: Bool
    package let createdAt: Timestamp
    package private(set) var updatedAt: Timestamp
    package var version: Version

    /// Begins to be taken.
    package init(_ id: PaymentID, of order: OrderID, by user: UserID, amount: Money, at now: Timestamp) {
        self.init(
            id: id, order: order, user: user, amount: amount, status: .processing, failureReason: nil,
            orderIsCancelled: false, createdAt: now, updatedAt: now, version: .new)
    }

    /// As it was stored.
    init(
        id: PaymentID, order: OrderID, user: UserID, amount: Money, status: Status, failureReason: String?,
        orderIsCancelled: Bool, createdAt: Timestamp, updatedAt: Timestamp, version: Version
    ) {
        (self.id, self.order, self.user, self.amount, self.status) = (id, order, user, amount, status)
        (self.failureReason, self.orderIsCancelled) = (failureReason, orderIsCancelled)
        (self.createdAt, self.updatedAt, self.version) = (createdAt, updatedAt, version)
    }

    /// The provider has answered. Hearing it again changes nothing.
    package mutating func settle(_ answer: ProviderAnswer, at now: Timestamp) -> [PaymentEvent] {
        guard status == .processing else { return [] }
        updatedAt = now
        switch answer {
        case .approved:
            status = .completed
            return [.completed]
        case .declined(let reason):
            (status, failureReason) = (.failed, reason)
            return [.failed(reason)]
        }
    }

    /// The event changes nothing that others could hear of; what follows from it is a refund.
    package mutating func cancelOrder(at now: Timestamp) -> [PaymentEvent] {
        guard !orderIsCancelled else { return [] }
        (orderIsCancelled, updatedAt) = (true, now)
        return [.orderCancelled]
    }

    package var mustBeRefunded: Bool { status == .completed && orderIsCancelled }

    package mutating func refund(at now: Timestamp) -> [PaymentEvent] {
        guard mustBeRefunded else { return [] }
        (status, updatedAt) = (.refunded, now)
        return [.refunded]
    }
}

package enum PaymentEvent: DomainEvent, Equatable { case completed, failed(String), orderCancelled, refunded }
