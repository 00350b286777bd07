internal import OrdersContracts
internal import PaymentsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct ListPayments: Query, Decodable {
    package typealias Result = Page<PaymentView>

    let orderId: OrderID?, userId: UserID?, status: Payment.Status?, limit: Int?, after: PaymentID?

    /// Everybody's payments are for those who look after all.
    package var access: Access { userId.map { .only($0) } ?? .role(.moderator) }

    package struct Valid: Sendable {
        let order: OrderID?, user: UserID?, status: Payment.Status?, limit: PageSize, after: PaymentID?
    }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(limit))
        return Valid(order: orderId, user: userId, status: status, limit: try check.all(size), after: after)
    }
}

struct ListPaymentsHandler: QueryHandler {
    typealias Handled = ListPayments
    let database: any Database

    func callAsFunction(_ query: ListPayments.Valid, for request: RequestContext) async throws -> Page<PaymentView> {
        let order: SQL = query.order.map { "AND order_id = \($0)" } ?? ""
        let user: SQL = query.user.map { "AND user_id = \($0)" } ?? ""
        let status: SQL = query.status.map { "AND status = \($0)" } ?? ""
        let after: SQL = query.after.map { "AND id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(PaymentView.columns) FROM payments WHERE true \(order) \(user) \(status) \(after)
            ORDER BY id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(PaymentView.self), limit: query.limit.count) { $0.id.description }
    }
}

extension ListPayments: Described {
    package static var schema: Schema { Schema(of: Self.self).with("limit", .pageSize) }
}
