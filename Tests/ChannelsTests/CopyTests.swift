import Channels
import ChannelsContracts
import Signals
import Testing
import TradewindDomain
import TradewindTesting
import UsersContracts

extension CopyTerms {
    /// A hundred dollars a signal, out of a thousand, if nothing else is said.
    static func fixture(
        _ sizing: Sizing = .fixed(amount: Money(hundredths: 10_000)), budget: Int64 = 100_000, most: Int64 = 50_000,
        maxOpen: Int? = nil, daily: Int64? = nil, pause: Int? = nil, symbols: [Symbol]? = nil, targets: [Int]? = nil,
        minConfidence: Int? = nil
    ) throws -> CopyTerms {
        try CopyTerms(
            sizing: sizing, budget: Money(hundredths: budget), maxPerSignal: Money(hundredths: most), maxOpen: maxOpen,
            maxDailyVolume: daily.map { Money(hundredths: $0) }, pauseOnLossPercent: pause, symbols: symbols,
            targets: targets, minConfidence: minConfidence.map { Ratio(hundredths: $0) })
    }
}

@Suite struct `A copy` {
    private func copy(
        _ signal: SignalTerms, _ terms: CopyTerms, _ exposure: Exposure = Exposure(), quote: Quote? = nil
    ) -> String {
        switch Copy(signal, for: terms, with: exposure, quote: quote) {
        case .requested(let order): "\(order.quantity) × \(order.price.digits)"
        case .rejected(let reason): reason.rawValue
        }
    }

    @Test(
        arguments: [
            // As many pieces as it is worth.
            ("10", 10_000, "10 × 10.00"), ("30", 10_000, "3 × 30.00"), ("100", 10_000, "1 × 100.00"),
            // Of what costs more, or less than a cent, one lot for the money.
            ("100.01", 10_000, "1 × 100.00"), ("43250", 10_000, "1 × 100.00"), ("0.00001234", 10_000, "1 × 100.00"),
            ("1000000", 10_000, "1 × 100.00"), ("0.01", 9_999, "9999 × 0.01"), ("0.01", 10_000, "1 × 100.00"),
            ("0.01", 1, "1 × 0.01"), ("1.085", 10_000, "92 × 1.08"), ("999999999999999999", 1, "1 × 0.01"),
        ] as [(Price, Int64, String)]) func `is of whole pieces, within what orders takes`(
            entry: Price, amount: Int64, order: String
        ) throws
    {
        let terms = try CopyTerms.fixture(.fixed(amount: Money(hundredths: amount)))
        #expect(copy(try .fixture(entry: entry, targets: [], stop: nil), terms) == order)
    }

    @Test(
        arguments: [
            (.fixed(amount: Money(hundredths: 5_000)), "1 × 50.00"), (.percent(hundredths: 500), "1 × 50.00"),
            (.percent(hundredths: 10_000), "5 × 100.00"),
            // One percent of a thousand is lost when a hundred fall by ten.
            (.risk(hundredths: 100), "1 × 100.00"), (.risk(hundredths: 250), "2 × 100.00"),
            (.risk(hundredths: 10_000), "5 × 100.00"),
        ] as [(CopyTerms.Sizing, String)]) func `is sized as its follower says, up to a limit`(
            sizing: CopyTerms.Sizing, order: String
        ) throws
    {
        #expect(copy(try .fixture(), try .fixture(sizing)) == order)
        #expect(copy(try .sale(), try .fixture(sizing)) == order)
    }

    @Test func `is rejected for a reason`() throws {
        let signal = try SignalTerms.fixture()
        #expect(copy(try .fixture(entry: nil), try .fixture()) == "no-price")
        #expect(copy(try .fixture(entry: nil), try .fixture(), quote: Quote("50")) == "2 × 50.00")
        #expect(copy(try .fixture(stop: nil), try .fixture(.risk(hundredths: 100))) == "no-stop")
        #expect(copy(signal, try .fixture(.percent(hundredths: 1), budget: 50)) == "too-small")
        for (open, order) in [(1, "1 × 100.00"), (2, "too-many-open")] {
            #expect(copy(signal, try .fixture(maxOpen: 2), Exposure(open: open)) == order)
        }
        for (volume, order) in [(Int64(90_000), "1 × 100.00"), (90_001, "budget-exhausted")] {
            #expect(copy(signal, try .fixture(), Exposure(openVolume: volume)) == order)
        }
        for (volume, order) in [(Int64(10_000), "1 × 100.00"), (10_001, "daily-volume-reached")] {
            #expect(copy(signal, try .fixture(daily: 20_000), Exposure(volumeToday: volume)) == order)
        }
    }

    @Test func `is made of what its follower wants`() throws {
        let signal = try SignalTerms.fixture()  // of Bitcoin, two targets, 0.8
        for (terms, isWanted) in [
            (try CopyTerms.fixture(), true), (try .fixture(symbols: ["ETHUSDT", "BTCUSDT"]), true),
            (try .fixture(symbols: ["ETHUSDT"]), false), (try .fixture(targets: [2, 3]), true),
            (try .fixture(targets: [3]), false), (try .fixture(minConfidence: 80), true),
            (try .fixture(minConfidence: 81), false),
        ] {
            #expect(terms.want(signal) == isWanted)
        }
    }

    @Test func `has terms that are looked at`() {
        for (terms, field) in [
            ({ try CopyTerms.fixture(.fixed(amount: .zero)) }, "sizing.value"),
            ({ try .fixture(.percent(hundredths: 10_001)) }, "sizing.value"), ({ try .fixture(budget: 0) }, "budget"),
            ({ try .fixture(most: 100_000_000) }, "maxPerSignal"), ({ try .fixture(maxOpen: 0) }, "maxOpen"),
            ({ try .fixture(daily: 0) }, "maxDailyVolume"), ({ try .fixture(pause: 101) }, "pauseOnLossPercent"),
            ({ try .fixture(symbols: []) }, "symbols"), ({ try .fixture(targets: [0]) }, "targets"),
            ({ try .fixture(targets: [21]) }, "targets"), ({ try .fixture(minConfidence: 101) }, "minConfidence"),
        ] as [(() throws -> CopyTerms, String)] {
            do {
                _ = try terms()
                Issue.record("\(field) was not looked at")
            } catch { #expect((error as? Violations)?.all.map(\.field) == [field]) }
        }
    }
}

@Suite struct `A follower` {
    private func follower(pause: Int? = nil) throws -> Follower {
        Follower.follow(
            ChannelID(UUID(high: 1, low: 9)), as: FollowerID(UUID(high: 4, low: 1)), for: .bob,
            try .fixture(pause: pause), at: .noon)
    }

    @Test func `is paused and goes on, each in its time`() throws {
        var follower = try follower()
        #expect(throws: FollowerError.onlyPausedFollowersCanBeResumed) { try follower.resume(at: .noon) }
        #expect(try follower.pause(at: .noon) == [.paused])
        #expect(throws: FollowerError.onlyActiveFollowersCanBePaused) { try follower.pause(at: .noon) }
        #expect(try follower.resume(at: .noon) == [.resumed] && follower.status == .active)
    }

    @Test func `is paused by what it has lost`() throws {
        var follower = try follower(pause: 10)  // of a thousand
        #expect(follower.book(5_000, at: .noon) == [.booked])
        #expect(follower.book(-14_999, at: .noon) == [.booked] && follower.status == .active)
        #expect(follower.book(-1, at: .noon) == [.booked, .paused] && follower.status == .paused)
        #expect(follower.book(-1, at: .noon) == [.booked])
        _ = try follower.resume(at: .noon)
        #expect(follower.balance == 0 && follower.book(-1, at: .noon) == [.booked])
        var patient = try self.follower()
        #expect(patient.book(-100_000_000, at: .noon) == [.booked] && patient.status == .active)
    }
}
