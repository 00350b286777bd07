package import Signals
package import TradewindDomain

/// What following all signals of a channel would have brought, each with the same stake. Fed with the signals in the
/// order in which they were settled; those that are open, in any.
package struct TrackRecord: Equatable, Sendable {
    package struct Day: Equatable, Sendable {
        package fileprivate(set) var received = 0, settled = 0, hits = 0
        /// Hundredths of a percent, as all gains here.
        package fileprivate(set) var gain = 0
    }

    package private(set) var count = 0, settled = 0, hits = 0
    /// By day of UTC: `2025-06-14`.
    package private(set) var days: [String: Day] = [:]
    package private(set) var gain = 0
    /// How far the sum of gains has been below what it had reached.
    package private(set) var drawdown = 0
    private var peak = 0, won = 0, lost = 0
    private var riskRewards = (sum: 0, count: 0)

    package init() {}

    /// - Parameter isHit: whether it has reached a target, or brought a gain otherwise.
    package mutating func add(
        receivedAt: Timestamp, riskReward: Ratio?, settledAt: Timestamp?, gain: Int?, isHit: Bool
    ) {
        count += 1
        days[Self.day(receivedAt), default: Day()].received += 1
        if let riskReward { riskRewards = (riskRewards.sum + riskReward.hundredths, riskRewards.count + 1) }
        guard let settledAt else { return }
        let day = Self.day(settledAt)
        settled += 1
        days[day, default: Day()].settled += 1
        if isHit {
            hits += 1
            days[day, default: Day()].hits += 1
        }
        guard let gain else { return }
        if gain > 0 { won += gain } else { lost -= gain }
        self.gain += gain
        days[day, default: Day()].gain += gain
        peak = max(peak, self.gain)
        drawdown = max(drawdown, peak - self.gain)
    }

    /// Of the settled signals, how many were hits. Nil when none is settled.
    package var hitRate: Ratio? { Self.ratio(hits, settled) }

    package var averageRiskReward: Ratio? {
        riskRewards.count == 0 ? nil : Ratio(hundredths: riskRewards.sum / riskRewards.count)
    }

    /// Won for each unit lost; nil when nothing was lost.
    package var profitFactor: Ratio? { Self.ratio(won, lost) }

    private static func ratio(_ part: Int, _ whole: Int) -> Ratio? {
        whole == 0 ? nil : Ratio(hundredths: Int((Double(part) / Double(whole) * 100).rounded()))
    }

    private static func day(_ moment: Timestamp) -> String { String(moment.description.prefix(10)) }

    package static func == (a: TrackRecord, b: TrackRecord) -> Bool {
        a.count == b.count && a.settled == b.settled && a.hits == b.hits && a.days == b.days && a.gain == b.gain
            && a.drawdown == b.drawdown && a.won == b.won && a.lost == b.lost && a.riskRewards == b.riskRewards
    }
}
