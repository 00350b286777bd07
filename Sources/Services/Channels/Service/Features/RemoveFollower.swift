internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories

/// What was copied stays: orders are orders.
package struct RemoveFollower: Command {
    let place: FollowerPlace

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.followerID, place.follower)] }
}

struct RemoveFollowerHandler: CommandHandler {
    typealias Handled = RemoveFollower

    func callAsFunction(_ command: RemoveFollower, in work: Work, for request: RequestContext) async throws {
        _ = try await work.change(command.place, for: request) { _ in [] }
        work.write("DELETE FROM followers WHERE id = \(command.place.follower)")
    }
}
