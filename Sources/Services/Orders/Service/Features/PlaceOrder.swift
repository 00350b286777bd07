internal import OrdersContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories
internal import UsersContracts

package struct PlaceOrder: IdempotentCommand, Codable {
    package typealias Result = OrderView
    package struct Line: Codable, Sendable { let productId: String, quantity: Int, price: ExactDecimal }

    let userId: UserID
    let items: [Line]

    package static let counts = 1...100
    package var access: Access { .only(userId) }
    package var logFields: [LogField] { [LogField(.userID, userId)] }

    package struct Valid: Sendable { let user: UserID, lines: [OrderLine] }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let lines = check("items", items, count: Self.counts) { (item) throws(Violations) in
            try OrderLine(product: item.productId, quantity: item.quantity) { () throws(Violations) in
                try Money(item.price)
            }
        }
        return Valid(user: userId, lines: try check.all(lines))
    }
}

struct PlaceOrderHandler: CommandHandler {
    typealias Handled = PlaceOrder
    let clockwork: Clockwork

    func callAsFunction(_ command: PlaceOrder.Valid, in work: Work, for request: RequestContext) async throws
        -> OrderView
    {
        let (order, events) = try Order.place(
            clockwork.newID(), for: command.user, command.lines, at: clockwork.now())
        try work.add(order, to: .orders)
        try work.publish(events, of: order, for: request)
        return OrderView(order)
    }
}

extension LogKey {
    static let userID = LogKey("user.id")
    static let orderID = LogKey("order.id")
}

extension PlaceOrder: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("items", .list(of: Line.schema, counts))
            .example([
                "userId": UserID.example,
                "items": [["productId": "product-mouse", "quantity": 2, "price": .hundredths(2_999)]],
            ])
    }
}

extension PlaceOrder.Line: Described {
    package static var schema: Schema {
        Schema(of: Self.self)
            .with("productId", .productID)
            .with("quantity", .whole(OrderLine.quantities))
            .with("price", .money(OrderLine.prices))
    }
}

extension Schema {
    static let productID = Schema.text(
        9...ProductID.longest, pattern: ProductID.pattern, expectation: "product- and letters, digits or dashes",
        check: ProductID.isValid
    ).example("product-mouse")
}
