package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct UserByID: Query {
    package typealias Result = UserView
    let user: UserID

    package var access: Access { .only(user, or: .moderator) }
}

struct UserByIDHandler: QueryHandler {
    typealias Handled = UserByID
    let database: any Database

    func callAsFunction(_ query: UserByID, for request: RequestContext) async throws -> UserView {
        let rows = try await database.query(
            "SELECT \(UserView.columns) FROM users WHERE id = \(query.user) AND deleted_at IS NULL")
        guard let row = rows.first else { throw NotFound(User.kind, query.user) }
        return try UserView(row)
    }
}
