import Channels
import ChannelsContracts
import Signals
import Testing
import TradewindDomain
internal import TradewindJSON
import TradewindTesting
import UsersContracts

extension Price: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        do { self = try Price(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}

extension Symbol: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        do { self = try Symbol(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}

extension Quote {
    /// Paid and asked are one.
    init(_ price: Price) { self.init(bid: price, ask: price) }
}

extension SignalTerms {
    /// A purchase of Bitcoin at 100 with targets of 110 and 120 and a stop at 90, if nothing else is said.
    static func fixture(
        _ side: Side = .buy, _ orderType: OrderType = .market, entry: Price? = "100",
        targets: [Price] = ["110", "120"],
        stop: Price? = "90"
    ) throws -> SignalTerms {
        SignalTerms(
            symbol: "BTCUSDT", market: .crypto, side: side, orderType: orderType,
            entry: entry.map { PriceRange($0) }, targets: targets, stopLoss: stop, leverage: nil, timeframe: nil,
            riskReward: Ratio(hundredths: 200), confidence: Ratio(hundredths: 80))
    }

    static func sale() throws -> SignalTerms { try fixture(.sell, targets: ["90", "80"], stop: "110") }
}

extension TradingSignal {
    static func fixture(
        _ terms: SignalTerms, _ number: UInt64 = 1, expires: Timestamp? = nil
    ) -> TradingSignal {
        open(
            SignalID(UUID(high: 7, low: number)), in: ChannelID(UUID(high: 1, low: 9)), of: .alice, terms, at: .noon,
            expires: expires
        ).signal
    }
}

@Suite struct `A signal seen by the market` {
    @Test(
        arguments: [
            // Price by price, what happens, and where it ends.
            (["105"], [], .open, nil), (["110"], ["target-hit"], .open, nil),
            (["119", "120"], ["target-hit", "target-hit"], .targetHit, 1_500),
            (["125"], ["target-hit"], .targetHit, 1_500),
            (["90"], ["stopped"], .stopped, -1_000), (["89"], ["stopped"], .stopped, -1_100),
            (["110", "90"], ["target-hit", "stopped"], .stopped, 0),
            (["130", "50"], ["target-hit"], .targetHit, 1_500),
        ] as [([Price], [String], TradingSignal.Status, Int?)]) func `is bought at 100 for 110 and 120, stopped at 90`(
            prices: [Price], words: [String], status: TradingSignal.Status, gain: Int?
        ) throws
    {
        var signal = TradingSignal.fixture(try .fixture())
        let events = prices.flatMap { signal.see(Quote($0), at: .noon) }
        #expect(events.map(\.word) == words && signal.status == status)
        #expect((signal.settledAt != nil) == (status != .open))
        if let gain { #expect(signal.gain == gain) }
    }

    @Test(
        arguments: [
            (["95"], [], .open, nil), (["90"], ["target-hit"], .open, nil), (["80"], ["target-hit"], .targetHit, 1_500),
            (["110"], ["stopped"], .stopped, -1_000), (["90", "111"], ["target-hit", "stopped"], .stopped, -50),
        ] as [([Price], [String], TradingSignal.Status, Int?)]) func `is sold at 100 for 90 and 80, stopped at 110`(
            prices: [Price], words: [String], status: TradingSignal.Status, gain: Int?
        ) throws
    {
        var signal = TradingSignal.fixture(try .sale())
        let events = prices.flatMap { signal.see(Quote($0), at: .noon) }
        #expect(events.map(\.word) == words && signal.status == status)
        if let gain { #expect(signal.gain == gain) }
    }

    @Test func `is closed at what is paid, not at what is asked`() throws {
        var bought = TradingSignal.fixture(try .fixture(targets: ["110"]))
        #expect(bought.see(Quote(bid: "109", ask: "111"), at: .noon).isEmpty)
        #expect(bought.see(Quote(bid: "110", ask: "112"), at: .noon) == [.targetHit(1)])
        var sold = TradingSignal.fixture(try .fixture(.sell, targets: ["90"], stop: "110"))
        #expect(sold.see(Quote(bid: "89", ask: "91"), at: .noon).isEmpty)
        #expect(sold.see(Quote(bid: "88", ask: "90"), at: .noon) == [.targetHit(1)])
    }

    @Test(
        arguments: [
            (.buy, .limit, "101", false), (.buy, .limit, "100", true), (.buy, .limit, "99", true),
            (.buy, .stop, "99", false), (.buy, .stop, "100", true), (.buy, .stop, "101", true),
            (.sell, .limit, "99", false), (.sell, .limit, "100", true), (.sell, .stop, "101", false),
            (.sell, .stop, "100", true),
        ] as [(Side, OrderType, Price, Bool)]) func `waits for its price when it is a limit or a stop`(
            side: Side, orderType: OrderType, price: Price, isFilled: Bool
        ) throws
    {
        let targets: [Price] = side == .buy ? ["110"] : ["90"], stop: Price = side == .buy ? "90" : "110"
        var signal = TradingSignal.fixture(try .fixture(side, orderType, targets: targets, stop: stop))
        #expect(signal.see(Quote(price), at: .noon) == (isFilled ? [.filled] : []))
        #expect(signal.position.isFilled == isFilled)
    }

    @Test func `loses nothing when it was never filled`() throws {
        var signal = TradingSignal.fixture(try .fixture(.buy, .limit))
        #expect(signal.see(Quote("105"), at: .noon).isEmpty)
        #expect(try signal.steer(.cancelled, quote: nil, at: .noon) == [.cancelled])
        #expect(signal.status == .closed && signal.gain == 0)
    }

    @Test func `without an entry was entered at the first price that is told`() throws {
        var signal = TradingSignal.fixture(try .fixture(entry: nil))
        #expect(signal.see(Quote("100"), at: .noon) == [.filled])
        #expect(signal.see(Quote("120"), at: .noon) == [.targetHit(2)] && signal.gain == 1_500)
    }

    @Test func `expires when it is time, and not before`() throws {
        var signal = TradingSignal.fixture(try .fixture(), expires: .noon + .seconds(60))
        #expect(signal.expire(quote: nil, at: .noon + .seconds(59)).isEmpty)
        #expect(signal.expire(quote: Quote("104"), at: .noon + .seconds(60)) == [.expired])
        #expect(signal.status == .expired && signal.gain == 400)
        #expect(signal.expire(quote: nil, at: .noon + .seconds(61)).isEmpty)
        #expect(signal.see(Quote("90"), at: .noon).isEmpty)
    }

    @Test func `traps at no price`() throws {
        let most = try #require(Price(999_999_999_999_999_999)), least = try #require(Price(1, scale: 18))
        var signal = TradingSignal.fixture(try .fixture(entry: least, targets: [most], stop: nil))
        #expect(signal.see(Quote(most), at: .noon) == [.targetHit(1)])
        #expect(try #require(signal.gain) > 0)
    }
}

@Suite struct `A signal steered by messages` {
    @Test(
        arguments: [
            (.stopLoss("95"), "stop-loss"), (.stopLoss("109"), "stop-loss"),
            (.stopLoss("110"), "targets-lie-beyond-the-stop"), (.breakEven, "stop-loss"),
            (.target(number: 2, "130"), "targets"), (.target(number: 3, "130"), "targets"),
            (.target(number: 4, "130"), "no-such-target"), (.target(number: 0, "130"), "no-such-target"),
            (.target(number: 1, "99"), "targets-lie-beyond-the-entry"), (.targets(["105"]), "targets"),
            (.targets([]), "no-such-target"), (.targets(["89"]), "targets-lie-beyond-the-entry"),
            (.entry(PriceRange("101")), "filled-orders-keep-their-entry"), (.targetHit(number: nil), "target-hit"),
            (.targetHit(number: 2), "target-hit"), (.targetHit(number: 3), "no-such-target"),
            (.allTargetsHit, "target-hit"), (.stopHit, "stopped"), (.cancelled, "only-pending-orders-can-be-cancelled"),
            (.closed(.all), "closed"), (.closed(.half), "part-closed"),
        ] as [(Change, String)]) func `hears what it can do, and what it cannot`(change: Change, word: String) throws
    {
        var signal = TradingSignal.fixture(try .fixture())
        let before = signal
        do throws(SignalError) {
            #expect(try signal.steer(change, quote: nil, at: .noon).map(\.word) == [word])
        } catch {
            #expect(error.rule.description == word && signal == before)
        }
    }

    @Test(
        arguments: [
            (.entry(PriceRange("105")), "entry"), (.entry(PriceRange("111")), "targets-lie-beyond-the-entry"),
            (.entry(PriceRange("89")), "entries-lie-before-the-stop"), (.cancelled, "cancelled"),
        ] as [(Change, String)]) func `that waits for its price can still be moved`(change: Change, word: String) throws
    {
        var signal = TradingSignal.fixture(try .fixture(.buy, .limit))
        do throws(SignalError) {
            #expect(try signal.steer(change, quote: nil, at: .noon).map(\.word) == [word])
        } catch {
            #expect(error.rule.description == word)
        }
    }

    @Test func `is closed in parts, at what the market says`() throws {
        var signal = TradingSignal.fixture(try .fixture())
        #expect(try signal.steer(.closed(.half), quote: Quote("110"), at: .noon) == [.partClosed(50)])
        #expect(signal.position.openPercent == 50 && signal.isOpen)
        #expect(try signal.steer(.closed(.half), quote: Quote("110"), at: .noon) == [.partClosed(50)])
        #expect(signal.position.openPercent == 25)
        #expect(try signal.steer(.closed(.all), quote: Quote("90"), at: .noon) == [.closed])
        #expect(signal.gain == 500 && signal.status == .closed && signal.position.openPercent == 0)
    }

    @Test func `has a gain that nobody knows when nobody knows the price`() throws {
        var signal = TradingSignal.fixture(try .fixture())
        _ = try signal.steer(.closed(.all), quote: nil, at: .noon)
        #expect(signal.gain == nil)
    }

    @Test func `moves its stop to the entry, and is stopped there without a loss`() throws {
        var signal = TradingSignal.fixture(try .fixture())
        _ = try signal.steer(.targetHit(number: 1), quote: nil, at: .noon)
        _ = try signal.steer(.breakEven, quote: nil, at: .noon)
        #expect(signal.see(Quote("100"), at: .noon) == [.stopped] && signal.gain == 500)
        var unknown = TradingSignal.fixture(try .fixture(entry: nil))
        #expect(throws: SignalError.breakEvenNeedsAnEntry) { try unknown.steer(.breakEven, quote: nil, at: .noon) }
    }

    @Test func `hears once of a target that was hit before`() throws {
        var signal = TradingSignal.fixture(try .fixture())
        #expect(try signal.steer(.targetHit(number: 1), quote: nil, at: .noon) == [.targetHit(1)])
        #expect(try signal.steer(.targetHit(number: 1), quote: nil, at: .noon).isEmpty)
        #expect(signal.see(Quote("115"), at: .noon).isEmpty)
    }

    @Test func `that has come to its end stays as it is`() throws {
        for end in [Change.stopHit, .allTargetsHit, .closed(.all)] {
            var signal = TradingSignal.fixture(try .fixture())
            _ = try signal.steer(end, quote: nil, at: .noon)
            let status = signal.status
            #expect(throws: SignalError.settledSignalsStayAsTheyAre(status)) {
                try signal.steer(.stopLoss("95"), quote: nil, at: .noon)
            }
        }
    }
}
