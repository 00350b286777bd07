import TradewindCQRS
import TradewindDomain
import TradewindJSON

struct PlaceOrder: IdempotentCommand, Codable {
    typealias Result = OrderID
    struct Line: Codable { let productId: String, quantity: Int, price: ExactDecimal }

    let userId: UserID
    let items: [Line]

    var access: Access { .only(userId) }
    var logFields: [LogField] { [LogField(.userID, userId)] }

    /// What the client wrote, as the shop sees it.
    struct Valid { let user: UserID, lines: [OrderLine] }

    func validated() throws(Violations) -> Valid {
        var check = Validation()
        let lines = check("items", items, count: 1...100) { (item) throws(Violations) in
            try OrderLine(product: item.productId, quantity: item.quantity, price: item.price)
        }
        return Valid(user: userId, lines: try check.all(lines))
    }
}

struct PlaceOrderHandler: CommandHandler {
    typealias Handled = PlaceOrder
    let clockwork: Clockwork

    func callAsFunction(
        _ command: PlaceOrder.Valid, in shop: Shop.Transaction, for request: RequestContext
    ) async throws -> OrderID {
        let (order, events) = try Order.place(
            clockwork.newID(), by: command.user, command.lines, at: clockwork.now())
        shop.insert(order, events)
        return order.id
    }
}

extension LogKey {
    static let userID = LogKey("user.id")
}
