internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindRepositories

package struct ResumeFollower: Command {
    package typealias Result = FollowerView
    package static let attempts = 3

    let place: FollowerPlace

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.followerID, place.follower)] }
}

struct ResumeFollowerHandler: CommandHandler {
    typealias Handled = ResumeFollower
    let clockwork: Clockwork

    func callAsFunction(_ command: ResumeFollower, in work: Work, for request: RequestContext) async throws
        -> FollowerView
    {
        try await work.change(command.place, for: request) { try $0.resume(at: clockwork.now()) }
    }
}
