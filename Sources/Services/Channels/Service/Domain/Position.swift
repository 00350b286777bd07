internal import ChannelsContracts
package import Signals
internal import TradewindDomain

/// What somebody would have who had followed a signal by the word: the same part sold at each target, the rest where it
/// ends.
package struct Position: Codable, Hashable, Sendable {
    /// What was paid, or will be; nil while nobody knows.
    package private(set) var entry: Price?
    package internal(set) var isFilled: Bool
    package private(set) var targetsHit = 0
    package private(set) var openPercent = 100
    /// Hundredths of a percent of the whole position, without leverage. Nil when a part of it ended nobody knows where.
    package private(set) var gain: Int? = 0

    init(_ terms: SignalTerms) {
        entry = terms.entry?.worst(for: terms.side)
        isFilled = terms.orderType == .market
    }

    /// For its price, or for anybody to say what the price was.
    var isWaiting: Bool { !isFilled || entry == nil }

    mutating func plan(_ terms: SignalTerms) { entry = terms.entry?.worst(for: terms.side) }

    /// A limit waits for a better price, a stop for a worse one. Whether it is filled now.
    mutating func fill(_ terms: SignalTerms, at quote: Quote) -> Bool {
        let price = terms.side == .buy ? quote.ask : quote.bid
        if let entry {
            let isThere =
                terms.orderType == .limit
                ? !terms.side.isBetter(price, than: entry) : !terms.side.isBetter(entry, than: price)
            guard isThere else { return false }
        } else {
            entry = price
        }
        isFilled = true
        return true
    }

    mutating func hit(upTo number: Int, of terms: SignalTerms) {
        while targetsHit < number {
            let left = max(1, terms.targets.count - targetsHit)
            let price = terms.targets.indices.contains(targetsHit) ? terms.targets[targetsHit] : nil
            take(openPercent / left, at: price, terms.side)
            targetsHit += 1
        }
    }

    /// A part of what is still open.
    mutating func close(percent: Int, at price: Price?, _ side: Side) {
        take(percent == 100 ? openPercent : openPercent * percent / 100, at: price, side)
    }

    private mutating func take(_ percent: Int, at price: Price?, _ side: Side) {
        guard percent > 0 else { return }
        openPercent -= percent
        // What was never bought has nothing to lose.
        guard isFilled else { return }
        guard let sum = gain, let price, let entry else { return gain = nil }
        gain = sum + side.gain(from: entry, to: price) * percent / 100
    }
}

/// What is paid for something and what is asked for it.
package struct Quote: Codable, Hashable, Sendable {
    package let bid: Price, ask: Price

    package init(bid: Price, ask: Price) { (self.bid, self.ask) = (bid, ask) }

    /// Who has bought gets the bid.
    package func price(against side: Side) -> Price { side == .buy ? bid : ask }
}

extension Side {
    /// Higher for who has bought.
    func isBetter(_ price: Price, than other: Price) -> Bool { self == .buy ? price > other : price < other }

    /// Hundredths of a percent. A statistic, so in floating point: the exact product needs more than 128 bits.
    func gain(from entry: Price, to price: Price) -> Int {
        let change = (Double(price.units) / Double(entry.units) - 1) * 10_000
        return Int(max(-Self.mostGain, min(Self.mostGain, self == .buy ? change : -change)).rounded())
    }

    private static let mostGain = 1e9
}

extension PriceRange {
    /// Whoever enters last pays this.
    func worst(for side: Side) -> Price { side == .buy ? high : low }
}
