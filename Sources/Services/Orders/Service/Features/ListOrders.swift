internal import OrdersContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct ListOrders: Query, Decodable {
    package typealias Result = Page<OrderView>

    let userId: UserID?, status: Order.Status?, limit: Int?, after: OrderID?

    /// Everybody's orders are for those who look after all.
    package var access: Access { userId.map { .only($0) } ?? .role(.moderator) }

    package struct Valid: Sendable { let user: UserID?, status: Order.Status?, limit: PageSize, after: OrderID? }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(limit))
        return Valid(user: userId, status: status, limit: try check.all(size), after: after)
    }
}

struct ListOrdersHandler: QueryHandler {
    typealias Handled = ListOrders
    let database: any Database

    func callAsFunction(_ query: ListOrders.Valid, for request: RequestContext) async throws -> Page<OrderView> {
        // Each condition only when it is asked for, so that each form of the query has a plan of its own.
        let user: SQL = query.user.map { "AND o.user_id = \($0)" } ?? ""
        let status: SQL = query.status.map { "AND o.status = \($0)" } ?? ""
        let after: SQL = query.after.map { "AND o.id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(OrderView.columns) WHERE true \(user) \(status) \(after)
            ORDER BY o.id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(OrderView.self), limit: query.limit.count) { $0.id.description }
    }
}

extension ListOrders: Described {
    package static var schema: Schema { Schema(of: Self.self).with("limit", .pageSize) }
}
