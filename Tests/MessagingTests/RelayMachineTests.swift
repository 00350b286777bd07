import Testing
import TradewindDomain
import TradewindMessaging
import TradewindTesting

@Suite struct `The relay decides` {
    private func rows(_ keys: String..., refusals: Int = 1) -> [RelayMachine.Row] {
        keys.enumerated().map { index, key in
            .init(
                position: Int64(index + 1), event: Envelope(id: UUID(high: 0, low: 0), topic: "t", key: key, body: []),
                refusals: refusals)
        }
    }

    @Test func `to count what is in hand as done once it is acknowledged, and no sooner`() {
        var machine = RelayMachine()
        let settlement = machine.settle(rows("a", "b"), [.inHand, .acknowledged], at: .noon)
        #expect(settlement.done == [2] && machine.inHand(behind: .min) == [1])
        #expect(machine.settle(late: [1, 7], at: .noon).done == [1])
        #expect(machine.inHandCount == 0)
    }

    @Test func `to forget what was acknowledged`() {
        var machine = RelayMachine()
        let settlement = machine.settle(rows("a", "b"), [.acknowledged, .acknowledged], at: .noon)
        #expect(settlement.done == [1, 2] && settlement.refused.isEmpty && settlement.outage == nil)
        #expect(machine.rest == nil)
    }

    @Test func `to hold up the key of a refused event, and no other`() {
        var machine = RelayMachine()
        let settlement = machine.settle(rows("a", "b"), [.refused("too large"), .acknowledged], at: .noon)
        #expect(settlement.done == [2] && settlement.outage == nil)
        #expect(settlement.refused.map(\.position) == [1] && settlement.refused.map(\.reason) == ["too large"])
        #expect(machine.rest == nil)
        #expect(machine.choose(from: rows("a", "b", "a"), at: .noon).map(\.position) == [2])
        let later = Timestamp.noon + RelayMachine.shortest
        #expect(machine.choose(from: rows("a", "b", "a"), at: later).map(\.position) == [1, 2, 3])
    }

    @Test func `to count one refusal when several events of a key were refused`() {
        var machine = RelayMachine()
        let settlement = machine.settle(rows("a", "a"), [.refused("x"), .refused("x")], at: .noon)
        #expect(settlement.refused.map(\.position) == [1])
    }

    @Test func `to wait longer after each refusal, up to a limit`() {
        var machine = RelayMachine()
        var waits: [Duration] = []
        for _ in 0..<12 {
            _ = machine.settle(rows("a"), [.refused("x")], at: .noon)
            let steps = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30].map { Duration.seconds($0) }
            let wait = steps.first { !machine.choose(from: rows("a"), at: .noon + $0).isEmpty }
            waits.append(wait ?? .zero)
        }
        #expect(waits == waits.sorted())
        #expect(waits.first == .seconds(0.1))
        #expect(waits.last == .seconds(30))
    }

    @Test func `to try a refused event at once when somebody has set it back, and the others of its key with it`() {
        var machine = RelayMachine()
        _ = machine.settle(rows("a"), [.refused("x")], at: .noon)
        #expect(machine.choose(from: rows("b", "a", refusals: 0), at: .noon).map(\.position) == [1])
        #expect(machine.choose(from: rows("a", "a", refusals: 0), at: .noon).map(\.position) == [1, 2])
    }

    @Test func `to let a key go on once its event was taken`() {
        var machine = RelayMachine()
        _ = machine.settle(rows("a"), [.refused("x")], at: .noon)
        _ = machine.settle(rows("a"), [.acknowledged], at: .noon)
        #expect(machine.choose(from: rows("a"), at: .noon).count == 1)
    }

    @Test func `to rest as a whole when the broker is away, longer each time and five seconds at most`() {
        var machine = RelayMachine()
        var rests: [Duration?] = []
        for _ in 0..<9 {
            let settlement = machine.settle(rows("a", "b"), [.unavailable("gone"), .unavailable("gone")], at: .noon)
            #expect(settlement.done.isEmpty && settlement.refused.isEmpty && settlement.outage == "gone")
            rests.append(machine.rest)
        }
        #expect(rests.first == .milliseconds(100))
        #expect(rests.last == .seconds(5))
        _ = machine.settle(rows("a"), [.acknowledged], at: .noon)
        #expect(machine.rest == nil)
        #expect(machine.choose(from: rows("a", "b"), at: .noon).count == 2)
    }

    @Test func `to pass over what is in hand, and to come back to what was left behind`() {
        var machine = RelayMachine()
        #expect(machine.lookOn(isInOrder: true) == .min)
        let sent = machine.choose(from: rows("a", "b", "c"), at: .noon)
        _ = machine.settle(sent, [.inHand, .inHand, .acknowledged], at: .noon)
        #expect(machine.lookOn(isInOrder: true) == 3)
        #expect(machine.inHand(behind: 3) == [])
        // Where numbers are not in the order of the commits, one below may be new.
        #expect(machine.lookOn(isInOrder: false) == .min)
        #expect(machine.inHand(behind: .min).sorted() == [1, 2])

        let fourth = Array(rows("a", "b", "c", "d").dropFirst(3))
        _ = machine.settle(machine.choose(from: fourth, at: .noon), [.refused("x")], at: .noon)
        for _ in 1...2 { #expect(machine.lookOn(isInOrder: true) == .min) }
        #expect(machine.inHandCount == 2)
        let again = machine.choose(from: fourth, at: .noon + RelayMachine.shortest)
        _ = machine.settle(again, [.acknowledged], at: .noon)
        #expect(machine.lookOn(isInOrder: true) == .min)
        _ = machine.choose(from: fourth, at: .noon)
        #expect(machine.lookOn(isInOrder: true) == 4)

        machine.failed()
        #expect(machine.lookOn(isInOrder: true) == .min)
        _ = machine.choose(from: rows("a", "b"), at: .noon)
        #expect(machine.lookOn(isInOrder: true) == 2)
    }

    @Test func `to believe nothing that was not answered`() {
        var machine = RelayMachine()
        let settlement = machine.settle(rows("a", "b"), [.acknowledged], at: .noon)
        #expect(settlement.done == [1])
        #expect(settlement.outage != nil)
    }
}
