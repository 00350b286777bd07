internal import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

/// What a client may ask for; the channel stands in the path.
package struct FollowersQuery: Decodable, Sendable {
    let userId: UserID?, status: Follower.Status?, limit: Int?, after: FollowerID?
}

package struct ListFollowers: Query {
    package typealias Result = Page<FollowerView>

    let channel: ChannelID, query: FollowersQuery

    /// All of them are for the channel's user, as the handler knows.
    package var access: Access { query.userId.map { .only($0) } ?? .signedIn }

    package struct Valid: Sendable { let channel: ChannelID, query: FollowersQuery, limit: PageSize }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(query.limit))
        return Valid(channel: channel, query: query, limit: try check.all(size))
    }
}

struct ListFollowersHandler: QueryHandler {
    typealias Handled = ListFollowers
    let database: any Database

    func callAsFunction(_ query: ListFollowers.Valid, for request: RequestContext) async throws -> Page<FollowerView> {
        let channels = try await database.query("SELECT user_id FROM channels WHERE id = \(query.channel)")
        guard let channel = channels.first else { throw NotFound(Channel.kind, query.channel) }
        if query.query.userId == nil { try Access.only(try channel.decode(0, as: UserID.self)).admit(request.caller) }
        let user: SQL = query.query.userId.map { "AND user_id = \($0)" } ?? ""
        let status: SQL = query.query.status.map { "AND status = \($0)" } ?? ""
        let after: SQL = query.query.after.map { "AND id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(Follower.columns) FROM followers WHERE channel_id = \(query.channel) \(user) \(status) \(after)
            ORDER BY id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(FollowerView.self), limit: query.limit.count) { $0.id.description }
    }
}

extension FollowersQuery: Described {
    package static var schema: Schema { Schema(of: Self.self).with("limit", .pageSize) }
}
