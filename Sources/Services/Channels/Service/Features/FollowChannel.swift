package import ChannelsContracts
internal import Signals
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

/// What a client writes to follow; the channel stands in the path.
package struct NewFollower: Codable, Sendable {
    let userId: UserID
    let sizing: NewSizing, budget: ExactDecimal, maxPerSignal: ExactDecimal
    let maxOpen: Int?, maxDailyVolume: ExactDecimal?, pauseOnLossPercent: Int?
    let symbols: [String]?, targets: [Int]?, minConfidence: Ratio?
}

package struct FollowChannel: IdempotentCommand {
    package typealias Result = FollowerView

    let channel: ChannelID, follower: NewFollower

    package init(channel: ChannelID, follower: NewFollower) { (self.channel, self.follower) = (channel, follower) }

    package var access: Access { .only(follower.userId) }
    package var logFields: [LogField] { [LogField(.channelID, channel), LogField(.userID, follower.userId)] }

    package struct Valid: Sendable { let channel: ChannelID, user: UserID, terms: CopyTerms }

    package func validated() throws(Violations) -> Valid {
        let terms = TermsReader(
            sizing: follower.sizing, budget: follower.budget, maxPerSignal: follower.maxPerSignal,
            maxOpen: follower.maxOpen, maxDailyVolume: follower.maxDailyVolume,
            pauseOnLossPercent: follower.pauseOnLossPercent, symbols: follower.symbols, targets: follower.targets,
            minConfidence: follower.minConfidence)
        return Valid(channel: channel, user: follower.userId, terms: try terms.read(over: nil))
    }
}

struct FollowChannelHandler: CommandHandler {
    typealias Handled = FollowChannel
    let clockwork: Clockwork

    func callAsFunction(_ command: FollowChannel.Valid, in work: Work, for request: RequestContext) async throws
        -> FollowerView
    {
        let rows = try await work.query("SELECT status FROM channels WHERE id = \(command.channel)")
        guard let row = rows.first else { throw NotFound(Channel.kind, command.channel) }
        guard try row.decode(0, as: Channel.Status.self) != .closed else {
            throw FollowerError.closedChannelsCannotBeFollowed
        }
        let follower = Follower.follow(
            command.channel, as: clockwork.newID(), for: command.user, command.terms, at: clockwork.now())
        try work.add(follower, to: .followers)
        return FollowerView(follower)
    }
}

/// Terms as clients write them. What is not said stays as it was, when there was something.
struct TermsReader {
    let sizing: NewSizing?, budget: ExactDecimal?, maxPerSignal: ExactDecimal?
    let maxOpen: Int?, maxDailyVolume: ExactDecimal?, pauseOnLossPercent: Int?
    let symbols: [String]?, targets: [Int]?, minConfidence: Ratio?

    func read(over old: CopyTerms?) throws(Violations) -> CopyTerms {
        var check = Validation()
        let sizing = check("", ifPresent: sizing) { (sizing) throws(Violations) in try sizing.sizing() } ?? old?.sizing
        let budget = check("budget", ifPresent: budget) { (text) throws(Violations) in try Money(text) } ?? old?.budget
        let most = check("maxPerSignal", ifPresent: maxPerSignal) { (text) throws(Violations) in try Money(text) }
        let daily = check("maxDailyVolume", ifPresent: maxDailyVolume) { (text) throws(Violations) in try Money(text) }
        let symbols = check("symbols", ifPresent: symbols) { (texts) throws(Violations) in try Self.symbols(texts) }
        let (validSizing, validBudget, validMost) = try check.all(sizing, budget, most ?? old?.maxPerSignal)
        return try CopyTerms(
            sizing: validSizing, budget: validBudget, maxPerSignal: validMost, maxOpen: maxOpen ?? old?.maxOpen,
            maxDailyVolume: daily ?? old?.maxDailyVolume,
            pauseOnLossPercent: pauseOnLossPercent ?? old?.pauseOnLossPercent, symbols: symbols ?? old?.symbols,
            targets: targets ?? old?.targets, minConfidence: minConfidence ?? old?.minConfidence)
    }

    private static func symbols(_ texts: [String]) throws(Violations) -> [Symbol] {
        var check = Validation()
        let symbols = check("", texts, count: CopyTerms.symbolCounts) { (text) throws(Violations) in
            try Symbol(loose: text)
        }
        return try check.all(symbols)
    }
}

extension NewFollower: Described {
    package static var schema: Schema {
        Schema(of: Self.self).termsOfCopies.example([
            "userId": UserID.example, "sizing": ["mode": "percent", "value": 5], "budget": 1_000, "maxPerSignal": 100,
            "maxOpen": 5, "pauseOnLossPercent": 20, "symbols": ["BTCUSDT"],
        ])
    }
}

extension Schema {
    var termsOfCopies: Schema {
        with("budget", .money(CopyTerms.budgets)).with("maxPerSignal", .money(CopyTerms.amounts))
            .with("maxOpen", .whole(CopyTerms.openCounts)).with("maxDailyVolume", .money(CopyTerms.budgets))
            .with("pauseOnLossPercent", .whole(CopyTerms.percents))
            .with("symbols", .list(of: .looseSymbol, CopyTerms.symbolCounts))
            .with("targets", .list(of: .whole(CopyTerms.targetNumbers), CopyTerms.targetNumbers))
            .with("minConfidence", .number(0...1, step: .hundredths(1)))
    }
}
