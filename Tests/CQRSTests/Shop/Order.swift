import TradewindCQRS
import TradewindDomain
import TradewindJSON

// A shop, as a service would write it: what it knows of the world, its rules, one file a use case. The tests beside
// this folder are about what the core makes of it.

enum OrderTag {}
typealias OrderID = ID<OrderTag>
enum UserTag {}
typealias UserID = ID<UserTag>

struct Order: Aggregate, Equatable {
    enum Status: Equatable, Sendable { case pending, cancelled }

    typealias Event = OrderEvent
    static let kind = "order"
    let id: OrderID
    let user: UserID
    let lines: [OrderLine]
    let total: Money
    private(set) var status = Status.pending
    var version = Version.new

    /// An order and the event that it begins with.
    static func place(
        _ id: OrderID, by user: UserID, _ lines: [OrderLine], at now: Timestamp
    ) throws(MoneyError) -> (Order, [OrderEvent]) {
        var total = Money.zero
        for line in lines { total = try total + line.price * line.quantity }
        return (Order(id: id, user: user, lines: lines, total: total), [.placed(id, total, at: now)])
    }

    mutating func cancel(at now: Timestamp) throws(OrderError) -> [OrderEvent] {
        guard status == .pending else { throw .onlyPendingOrdersCanBeCancelled(status) }
        status = .cancelled
        return [.cancelled(id, at: now)]
    }
}

enum OrderEvent: DomainEvent, Equatable {
    case placed(OrderID, Money, at: Timestamp)
    case cancelled(OrderID, at: Timestamp)
}

enum OrderError: DomainError, Equatable {
    case onlyPendingOrdersCanBeCancelled(Order.Status)

    var rule: Rule {
        switch self {
        case .onlyPendingOrdersCanBeCancelled: "only-pending-orders-can-be-cancelled"
        }
    }
}

struct OrderLine: Equatable, Sendable {
    let product: String, quantity: Int, price: Money

    init(product: String, quantity: Int, price: ExactDecimal) throws(Violations) {
        var check = Validation()
        check.require(product.hasPrefix("product-"), .format, "must begin with product-", at: "productId")
        check.require(1...9999 ~= quantity, .range, "must be between 1 and 9999", at: "quantity")
        let price = check("price", try Money(price))
        check.require(price.map { $0.hundredths > 0 } ?? true, .range, "must be at least 0.01", at: "price")
        (self.price, self.product, self.quantity) = (try check.all(price), product, quantity)
    }
}
