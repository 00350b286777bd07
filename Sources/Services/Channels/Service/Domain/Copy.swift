package import ChannelsContracts
internal import Signals
package import TradewindDomain

/// What became of a signal for one of those who follow its channel.
package enum Copy: Equatable, Sendable {
    case requested(CopyOrder)
    case rejected(CopyRefusal)

    /// - Parameter quote: what the market says, for a signal that names no entry.
    package init(_ signal: SignalTerms, for terms: CopyTerms, with exposure: Exposure, quote: Quote?) {
        do throws(CopyRefusal) {
            self = .requested(try CopyOrder(signal, for: terms, with: exposure, quote: quote))
        } catch { self = .rejected(error) }
    }
}

/// What a follower has already.
package struct Exposure: Equatable, Sendable {
    package var open: Int, openVolume: Int64, volumeToday: Int64

    package init(open: Int = 0, openVolume: Int64 = 0, volumeToday: Int64 = 0) {
        (self.open, self.openVolume, self.volumeToday) = (open, openVolume, volumeToday)
    }
}

package enum CopyRefusal: String, Error, CaseIterable, Sendable {
    /// Neither the signal nor the market names one.
    case noPrice = "no-price"
    case noStop = "no-stop"
    case tooManyOpen = "too-many-open"
    case budgetExhausted = "budget-exhausted"
    case dailyVolumeReached = "daily-volume-reached"
    case tooSmall = "too-small"
}

/// As orders takes it: whole pieces of at least a cent.
package struct CopyOrder: Equatable, Sendable {
    package let product: String, quantity: Int, price: Money

    package static let quantities: ClosedRange<Int64> = 1...9_999

    fileprivate init(
        _ signal: SignalTerms, for terms: CopyTerms, with exposure: Exposure, quote: Quote?
    ) throws(CopyRefusal) {
        let quoted = signal.side == .buy ? quote?.ask : quote?.bid
        guard let entry = signal.entry?.worst(for: signal.side) ?? quoted else { throw .noPrice }
        if let most = terms.maxOpen, exposure.open >= most { throw .tooManyOpen }
        let size = try Self.size(signal, terms, entry)
        guard size >= 1 else { throw .tooSmall }
        product = "product-\(signal.symbol)"
        // As many pieces as it is worth; of what costs more than that, or less than a cent, one lot for the money.
        let piece = entry.cents
        if let piece, piece >= 1, Self.quantities.contains(size / piece) {
            (quantity, price) = (Int(size / piece), Money(hundredths: piece))
        } else {
            (quantity, price) = (1, Money(hundredths: size))
        }
        guard exposure.openVolume + volume <= terms.budget.hundredths else { throw .budgetExhausted }
        if let most = terms.maxDailyVolume, exposure.volumeToday + volume > most.hundredths {
            throw .dailyVolumeReached
        }
    }

    /// Hundredths.
    package var volume: Int64 { price.hundredths * Int64(quantity) }

    /// In hundredths, rounded down.
    private static func size(_ signal: SignalTerms, _ terms: CopyTerms, _ entry: Price) throws(CopyRefusal) -> Int64 {
        let size: Int64
        switch terms.sizing {
        case .fixed(let amount): size = amount.hundredths
        case .percent(let share): size = terms.budget.hundredths * Int64(share) / 10_000
        case .risk(let share):
            guard let stop = signal.stopLoss, stop != entry else { throw .noStop }
            // How far it is to the stop is a ratio of two prices, whose exact product needs more than 128 bits.
            let distance = abs(Double(entry.units) - Double(stop.units)) / Double(entry.units)
            let wanted = Double(terms.budget.hundredths) * Double(share) / 10_000 / distance
            size = Int64(min(wanted, Double(terms.maxPerSignal.hundredths)))
        }
        return min(size, terms.maxPerSignal.hundredths)
    }
}

extension Price {
    /// Rounded to the next cent below; nil when that is more than an order may name.
    fileprivate var cents: Int64? {
        let cents = units / Self.unitsOfCent
        return cents <= Int128(CopyTerms.amounts.upperBound) ? Int64(cents) : nil
    }

    private static let unitsOfCent: Int128 = 10_000_000_000_000_000
}
