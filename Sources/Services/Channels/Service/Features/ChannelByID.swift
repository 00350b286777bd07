internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence

package struct ChannelByID: Query {
    package typealias Result = ChannelView
    let channel: ChannelID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
}

struct ChannelByIDHandler: QueryHandler {
    typealias Handled = ChannelByID
    let database: any Database

    func callAsFunction(_ query: ChannelByID, for request: RequestContext) async throws -> ChannelView {
        let rows = try await database.query("SELECT \(ChannelView.columns) FROM channels WHERE id = \(query.channel)")
        guard let row = rows.first else { throw NotFound(Channel.kind, query.channel) }
        let channel = try ChannelView(row)
        try Access.only(channel.userId).admit(request.caller)
        return channel
    }
}
