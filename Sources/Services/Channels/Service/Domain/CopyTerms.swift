package import ChannelsContracts
package import Signals
package import TradewindDomain

/// How much of what a follower wants to have.
package struct CopyTerms: Codable, Equatable, Sendable {
    package let sizing: Sizing
    /// For all that is open at a time.
    package let budget: Money
    package let maxPerSignal: Money
    package let maxOpen: Int?, maxDailyVolume: Money?
    /// Of the budget; what is lost beyond it pauses the follower.
    package let pauseOnLossPercent: Int?
    /// These alone.
    package let symbols: [Symbol]?
    /// Numbers of targets, from 1, of which a signal must have one.
    package let targets: [Int]?
    package let minConfidence: Ratio?

    package enum Sizing: Codable, Hashable, Sendable {
        case fixed(amount: Money)
        /// Hundredths of a percent of the budget.
        case percent(hundredths: Int)
        /// The same, that would be lost at the stop.
        case risk(hundredths: Int)
    }

    package static let budgets: ClosedRange<Int64> = 1...1_000_000_000_000
    /// What an order of one piece may cost.
    package static let amounts: ClosedRange<Int64> = 1...99_999_999
    /// 0.01 to 100 percent.
    package static let shares = 1...10_000
    package static let openCounts = 1...10_000, percents = 1...100, symbolCounts = 1...100
    package static let targetNumbers = 1...Signal.mostTargets

    package init(
        sizing: Sizing, budget: Money, maxPerSignal: Money, maxOpen: Int?, maxDailyVolume: Money?,
        pauseOnLossPercent: Int?, symbols: [Symbol]?, targets: [Int]?, minConfidence: Ratio?
    ) throws(Violations) {
        var check = Validation()
        check.require(sizing.isWithinRange, .range, sizing.expectation, at: "sizing.value")
        check.require(
            Self.budgets.contains(budget.hundredths), .range, "must be between 0.01 and 10000000000.00", at: "budget")
        check.require(
            Self.amounts.contains(maxPerSignal.hundredths), .range, "must be between 0.01 and 999999.99",
            at: "maxPerSignal")
        check.require(
            maxOpen.map(Self.openCounts.contains) ?? true, .range, "must be between 1 and 10000", at: "maxOpen")
        check.require(
            maxDailyVolume.map { Self.budgets.contains($0.hundredths) } ?? true, .range,
            "must be between 0.01 and 10000000000.00", at: "maxDailyVolume")
        check.require(
            pauseOnLossPercent.map(Self.percents.contains) ?? true, .range, "must be between 1 and 100",
            at: "pauseOnLossPercent")
        check.require(
            symbols.map { Self.symbolCounts.contains($0.count) } ?? true, .count, "must have 1 to 100 entries",
            at: "symbols")
        check.require(
            targets.map { !$0.isEmpty && $0.allSatisfy(Self.targetNumbers.contains) } ?? true, .range,
            "must be numbers between 1 and \(Signal.mostTargets)", at: "targets")
        check.require(
            minConfidence.map { 0...100 ~= $0.hundredths } ?? true, .range, "must be between 0 and 1",
            at: "minConfidence")
        try check.done()
        (self.sizing, self.budget, self.maxPerSignal, self.maxOpen) = (sizing, budget, maxPerSignal, maxOpen)
        (self.maxDailyVolume, self.pauseOnLossPercent) = (maxDailyVolume, pauseOnLossPercent)
        (self.symbols, self.targets, self.minConfidence) = (symbols, targets, minConfidence)
    }

    /// Whether a follower wants such a signal at all. What he does not want is no copy, not even a rejected one.
    package func want(_ signal: SignalTerms) -> Bool {
        (symbols?.contains(signal.symbol) ?? true) && (minConfidence.map { signal.confidence >= $0 } ?? true)
            && (targets?.contains { $0 <= signal.targets.count } ?? true)
    }
}

extension CopyTerms.Sizing {
    fileprivate var isWithinRange: Bool {
        switch self {
        case .fixed(let amount): CopyTerms.amounts.contains(amount.hundredths)
        case .percent(let share), .risk(let share): CopyTerms.shares.contains(share)
        }
    }

    fileprivate var expectation: String {
        if case .fixed = self { "must be between 0.01 and 999999.99" } else { "must be between 0.01 and 100" }
    }
}
