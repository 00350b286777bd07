import Orders
import OrdersContracts
import PaymentsContracts
import TradewindDomain
import TradewindMessaging
import TradewindPersistence
import TradewindTesting
import UsersContracts

/// What must be true whenever all is quiet: what was answered has happened, all that follows from it has, once.
extension OrderChain {
    func audit() throws {
        if let letter = broker.deadLetters.first { throw Broken("\(letter.id) was given up: \(letter.reason)") }
        let events = try Events(broker)
        let orders = try disks.orders.query("SELECT id, user_id, items, status, total FROM orders").decode(
            OrderRow.self)
        try auditOrders(orders)
        try auditWelcomes(orders)
        try auditPayments(orders, events)
        try auditEvents(orders, events)
        try auditLedger(events)
        simulation.note("world", "is as it should be: \(orders.count) orders")
    }

    /// Each answered order is there, as it was answered; none is there twice; none was never asked for.
    private func auditOrders(_ orders: [OrderRow]) throws {
        let byProduct = Dictionary(grouping: orders, by: \.product)
        for promised in diary.orders {
            let found = byProduct[promised.product] ?? []
            guard found.count <= 1 else { throw Broken("\(promised.product) is \(found.count) orders") }
            if let id = promised.id, found.first?.id != id { throw Broken("\(promised.product), answered, is lost") }
            guard let order = found.first else { continue }
            let isDeclined = order.product.hasPrefix("product-decline")
            let good: Set<String> = [isDeclined ? "payment_failed" : "paid"]
            let mayBeCancelled = promised.wasToBeCancelled || diary.left.contains(order.user)
            guard good.union(mayBeCancelled ? ["cancelled"] : []).contains(order.status) else {
                throw Broken("\(order.product) is \(order.status)")
            }
        }
        let known = Set(diary.orders.map(\.product)).union([OrderRow.welcome])
        for order in orders where !known.contains(order.product) { throw Broken("nobody ordered \(order.product)") }
    }

    /// Each user has one; who left may have gone before it came.
    private func auditWelcomes(_ orders: [OrderRow]) throws {
        let users = try disks.users.query("SELECT id FROM users").map { try $0.decode(0, as: UserID.self) }
        let welcomes = Dictionary(grouping: orders.filter { $0.product == OrderRow.welcome }, by: \.user)
        for user in users {
            let count = welcomes[user]?.count ?? 0
            guard count == 1 || count == 0 && diary.left.contains(user) else {
                throw Broken("\(user) has \(count) welcome orders")
            }
        }
        if let nobody = Set(welcomes.keys).subtracting(users).first { throw Broken("\(nobody) is welcome and nobody") }
    }

    /// Each order has one payment, which ended as the order did; the money went the same ways.
    private func auditPayments(_ orders: [OrderRow], _ events: Events) throws {
        let payments = try disks.payments.query("SELECT id, order_id, status, amount FROM payments")
            .decode(PaymentRow.self)
        let ofOrder = Dictionary(grouping: payments, by: \.order)
        let books = provider.books
        guard payments.count == orders.count else {
            throw Broken("\(payments.count) payments of \(orders.count) orders")
        }
        for order in orders {
            guard let payment = ofOrder[order.id]?.first else { throw Broken("\(order.product) has no payment") }
            let isTaken = books.taken[payment.id] == order.total, isGivenBack = books.givenBack.contains(payment.id)
            let isRight =
                switch (order.status, payment.status) {
                case ("paid", "completed"): isTaken && !isGivenBack
                case ("cancelled", "refunded"): isTaken && isGivenBack
                case ("payment_failed", "failed"), ("cancelled", "failed"): !isTaken && !isGivenBack
                default: false
                }
            guard isRight, payment.amount == order.total else {
                throw Broken("\(order.product) is \(order.status), its payment \(payment.status)")
            }
        }
        guard books.taken.count == payments.count(where: { $0.status != "failed" }) else {
            throw Broken("money was taken \(books.taken.count) times")
        }
    }

    /// Each thing was told under one name only, however often it was sent.
    private func auditEvents(_ orders: [OrderRow], _ events: Events) throws {
        for order in orders {
            let key = order.id.description
            try events.expect(OrderCreated.name, key, 1)
            try events.expect(OrderPaid.name, key, order.status == "paid" ? 1 : 0)
            try events.expect(OrderCancelled.name, key, order.status == "cancelled" ? 1 : 0)
        }
        for row in try disks.payments.query("SELECT id, order_id, status, amount FROM payments") {
            let payment = try PaymentRow(row)
            let key = payment.id.description
            try events.expect(PaymentCompleted.name, key, payment.status == "failed" ? 0 : 1)
            try events.expect(PaymentFailed.name, key, payment.status == "failed" ? 1 : 0)
            try events.expect(PaymentRefunded.name, key, payment.status == "refunded" ? 1 : 0)
        }
        for row in try disks.users.query("SELECT id, version, deleted_at IS NOT NULL FROM users") {
            let user: UserID = try row.decode(0), changes: Int = try row.decode(1) - 1, isGone: Bool = try row.decode(2)
            guard isGone == diary.left.contains(user) else { throw Broken("\(user) is \(isGone ? "gone" : "there")") }
            try events.expect(UserCreated.name, user.description, 1)
            try events.expect(UserUpdated.name, user.description, changes - (isGone ? 1 : 0))
            try events.expect(UserDeleted.name, user.description, isGone ? 1 : 0)
        }
    }

    /// All that was told stands in the ledger, once, in its order.
    private func auditLedger(_ events: Events) throws {
        var lines: [Events.Subject: [String?]] = [:]
        for row in try disks.ledger.query("SELECT topic, key, message FROM lines ORDER BY position") {
            lines[Events.Subject(topic: try row.decode(0), key: try row.decode(1)), default: []].append(
                try row.decode(2))
        }
        for (subject, ids) in events.ids where Ledger.topics.contains(EventName(subject.topic)) {
            let heard = lines.removeValue(forKey: subject) ?? []
            guard heard.count == ids.count else { throw Broken("\(subject) stands in the ledger \(heard.count) times") }
            if subject.topic == UserUpdated.name.description, heard != ids.map(\.description) {
                throw Broken("\(subject) stands in the ledger in another order")
            }
        }
        if let more = lines.keys.first { throw Broken("\(more) was never told") }
    }
}

struct OrderRow: RowReadable {
    let id: OrderID, user: UserID, product: String, status: String, total: Money
    static let welcome = "product-welcome"

    init(_ row: Row) throws {
        (id, user) = (try row.decode(0), try row.decode(1))
        let items = try row.decode(2, as: JSONText.self).decode([OrderCreated.Item].self)
        product = items.map(\.productId).joined()
        (status, total) = (try row.decode(3), try row.decode(4))
    }
}

struct PaymentRow: RowReadable {
    let id: PaymentID, order: OrderID, status: String, amount: Money

    init(_ row: Row) throws {
        (id, order, status, amount) = (try row.decode(0), try row.decode(1), try row.decode(2), try row.decode(3))
    }
}

/// What was told about whom, each event once, in the order in which they first arrived.
struct Events {
    struct Subject: Hashable, CustomStringConvertible {
        let topic: String, key: String
        var description: String { "\(topic) of \(key)" }
    }

    private(set) var ids: [Subject: [UUID]] = [:]

    init(_ broker: SimulatedBroker) throws {
        for (lane, messages) in broker.lanes {
            for message in messages {
                let subject = Subject(topic: lane.topic.description, key: message.key)
                if ids[subject]?.contains(message.id) != true { ids[subject, default: []].append(message.id) }
            }
        }
        // Ids are made one after the other, so those of one key must arrive rising.
        for (subject, ids) in ids where zip(ids, ids.dropFirst()).contains(where: { $0 > $1 }) {
            throw Broken("\(subject) arrived in another order")
        }
    }

    func expect(_ topic: EventName, _ key: String, _ count: Int) throws {
        let subject = Subject(topic: topic.description, key: key)
        let found = ids[subject]?.count ?? 0
        guard found == count else { throw Broken("\(subject) was told \(found) times, not \(count)") }
    }
}
