package import ChannelsContracts
package import Signals
package import TradewindAPI
internal import TradewindCQRS
package import TradewindDomain
package import TradewindJSON
package import TradewindPersistence
package import UsersContracts

/// A follower as clients see it.
package struct FollowerView: Codable, Equatable, Sendable {
    package let id: FollowerID, channelId: ChannelID, userId: UserID
    package let status: Follower.Status
    package let sizing: NewSizing, budget: Money, maxPerSignal: Money
    package let maxOpen: Int?, maxDailyVolume: Money?, pauseOnLossPercent: Int?
    package let symbols: [Symbol]?, targets: [Int]?, minConfidence: Ratio?
    /// What all copies that have ended brought, since somebody last let it go on.
    package let balance: Money
    package let createdAt: Timestamp, updatedAt: Timestamp

    init(_ follower: Follower) {
        let terms = follower.terms
        (id, channelId, userId, status) = (follower.id, follower.channel, follower.user, follower.status)
        (sizing, budget, maxPerSignal) = (NewSizing(terms.sizing), terms.budget, terms.maxPerSignal)
        (maxOpen, maxDailyVolume) = (terms.maxOpen, terms.maxDailyVolume)
        (pauseOnLossPercent, symbols, targets) = (terms.pauseOnLossPercent, terms.symbols, terms.targets)
        (minConfidence, balance) = (terms.minConfidence, Money(hundredths: follower.balance))
        (createdAt, updatedAt) = (follower.createdAt, follower.updatedAt)
    }
}

extension FollowerView: RowReadable {
    package init(_ row: Row) throws { self.init(try Follower(row)) }
}

/// How large a copy shall be: an amount, or a percentage of the budget that is spent or put at risk.
package struct NewSizing: Codable, Equatable, Sendable {
    package enum Mode: String, CaseIterable, Codable, Sendable { case fixed, percent, risk }
    package let mode: Mode, value: ExactDecimal

    init(_ sizing: CopyTerms.Sizing) {
        switch sizing {
        case .fixed(let amount): (mode, value) = (.fixed, amount.amount)
        case .percent(let share): (mode, value) = (.percent, .hundredths(Int64(share)))
        case .risk(let share): (mode, value) = (.risk, .hundredths(Int64(share)))
        }
    }

    func sizing() throws(Violations) -> CopyTerms.Sizing {
        var check = Validation()
        let amount = check("sizing.value", try Money(value))
        let valid = try check.all(amount)
        let share = Int(clamping: valid.hundredths)
        return switch mode {
        case .fixed: .fixed(amount: valid)
        case .percent: .percent(hundredths: share)
        case .risk: .risk(hundredths: share)
        }
    }
}

extension Follower.Status: Described {}
extension NewSizing.Mode: Described {}

extension NewSizing: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("value", .money(CopyTerms.amounts)).example(["mode": "percent", "value": 5])
    }
}
