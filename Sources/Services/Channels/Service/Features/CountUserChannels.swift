internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct CountUserChannels: Query, Decodable {
    package struct Result: Codable, Equatable, Sendable { package let count: Int }

    let userId: UserID

    package var access: Access { .only(userId) }
}

struct CountUserChannelsHandler: QueryHandler {
    typealias Handled = CountUserChannels
    let database: any Database

    func callAsFunction(_ query: CountUserChannels, for request: RequestContext) async throws
        -> CountUserChannels.Result
    {
        let rows = try await database.query("SELECT count(*) FROM channels WHERE user_id = \(query.userId)")
        return .init(count: try rows.first?.decode(0) ?? 0)
    }
}
