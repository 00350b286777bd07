internal import ChannelsContracts
internal import Signals
package import TradewindAPI
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories
internal import UsersContracts

/// What a client may write; whose it is stands in the path. What is not said stays as it is.
package struct FollowerChanges: Decodable, Sendable {
    let sizing: NewSizing?, budget: ExactDecimal?, maxPerSignal: ExactDecimal?
    let maxOpen: Int?, maxDailyVolume: ExactDecimal?, pauseOnLossPercent: Int?
    let symbols: [String]?, targets: [Int]?, minConfidence: Ratio?
}

package struct ChangeFollower: Command {
    package typealias Result = FollowerView
    package static let attempts = 3

    let place: FollowerPlace, changes: FollowerChanges

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.followerID, place.follower)] }
}

struct ChangeFollowerHandler: CommandHandler {
    typealias Handled = ChangeFollower
    let clockwork: Clockwork

    func callAsFunction(_ command: ChangeFollower, in work: Work, for request: RequestContext) async throws
        -> FollowerView
    {
        let changes = command.changes
        let terms = TermsReader(
            sizing: changes.sizing, budget: changes.budget, maxPerSignal: changes.maxPerSignal,
            maxOpen: changes.maxOpen, maxDailyVolume: changes.maxDailyVolume,
            pauseOnLossPercent: changes.pauseOnLossPercent, symbols: changes.symbols, targets: changes.targets,
            minConfidence: changes.minConfidence)
        return try await work.change(command.place, for: request) { follower in
            follower.change(try terms.read(over: follower.terms), at: clockwork.now())
        }
    }
}

/// A follower, below its channel.
package struct FollowerPlace: Sendable { let channel: ChannelID, follower: FollowerID }

extension Work {
    /// Changes a follower that is the caller's.
    func change(
        _ place: FollowerPlace, for request: RequestContext, _ change: (inout Follower) throws -> [FollowerEvent]
    ) async throws -> FollowerView {
        let (follower, _) = try await update(place.follower, in: .followers) { follower in
            guard follower.channel == place.channel else { throw NotFound(Follower.kind, place.follower) }
            try Access.only(follower.user).admit(request.caller)
            return try change(&follower)
        }
        return FollowerView(follower)
    }
}

extension FollowerChanges: Described {
    package static var schema: Schema { Schema(of: Self.self).termsOfCopies.example(["maxPerSignal": 50]) }
}

extension LogKey {
    static let followerID = LogKey("follower.id")
}
