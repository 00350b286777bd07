internal import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct GetChannels: Query, Decodable {
    package typealias Result = Page<ChannelView>

    let userId: UserID?, status: Channel.Status?, limit: Int?, after: ChannelID?

    /// Everybody's channels are for those who look after all.
    package var access: Access { userId.map { .only($0) } ?? .role(.moderator) }

    package struct Valid: Sendable { let user: UserID?, status: Channel.Status?, limit: PageSize, after: ChannelID? }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(limit))
        return Valid(user: userId, status: status, limit: try check.all(size), after: after)
    }
}

struct GetChannelsHandler: QueryHandler {
    typealias Handled = GetChannels
    let database: any Database

    func callAsFunction(_ query: GetChannels.Valid, for request: RequestContext) async throws -> Page<ChannelView> {
        // Each condition only when it is asked for, so that each form of the query has a plan of its own.
        let user: SQL = query.user.map { "AND user_id = \($0)" } ?? ""
        let status: SQL = query.status.map { "AND status = \($0)" } ?? ""
        let after: SQL = query.after.map { "AND id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(ChannelView.columns) FROM channels WHERE true \(user) \(status) \(after)
            ORDER BY id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(ChannelView.self), limit: query.limit.count) { $0.id.description }
    }
}

extension GetChannels: Described {
    package static var schema: Schema { Schema(of: Self.self).with("limit", .pageSize) }
}
