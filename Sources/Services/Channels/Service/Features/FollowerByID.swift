internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct FollowerByID: Query {
    package typealias Result = FollowerView
    let place: FollowerPlace

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
}

struct FollowerByIDHandler: QueryHandler {
    typealias Handled = FollowerByID
    let database: any Database

    func callAsFunction(_ query: FollowerByID, for request: RequestContext) async throws -> FollowerView {
        let follower = try await database.follower(query.place)
        try Access.only(follower.user).admit(request.caller)
        return FollowerView(follower)
    }
}

extension Database {
    func follower(_ place: FollowerPlace) async throws -> Follower {
        let rows = try await query(
            "SELECT \(Follower.columns) FROM followers WHERE id = \(place.follower) AND channel_id = \(place.channel)")
        guard let row = rows.first else { throw NotFound(Follower.kind, place.follower) }
        return try Follower(row)
    }
}
