import Testing
import TradewindMessaging

@testable import TradewindKafka

@Suite struct `What of a lane may be committed` {
    @Test func `is all before the first that is not settled, whatever the order`() {
        var lane = LaneLedger()
        // With gaps, as transactions and compaction leave them.
        let offsets: [Int64] = [3, 4, 7, 8, 20]
        #expect(lane.uncommitted == nil)
        let areNew = offsets.map { lane.delivered($0) }
        #expect(areNew == offsets.map { _ in true } && lane.uncommitted == 3 && lane.inHand == 5)
        lane.settle(7)
        lane.settle(4)
        #expect(lane.uncommitted == 3)
        lane.settle(3)
        #expect(lane.uncommitted == 8)
        lane.commit()
        #expect(lane.uncommitted == nil)
        lane.failed()
        #expect(lane.uncommitted == 8)
        lane.settle(20)
        lane.settle(8)
        #expect(lane.uncommitted == 21 && lane.inHand == 0)
    }

    @Test func `does not change by what is settled twice, was never delivered or comes again`() {
        var lane = LaneLedger()
        let areNew = [5, 6, 5, 6].map { lane.delivered($0) }
        #expect(areNew == [true, true, false, false])
        lane.settle(5)
        lane.settle(5)
        lane.settle(4)
        lane.settle(99)
        #expect(lane.uncommitted == 6 && lane.inHand == 1)
    }

    @Test func `is right for any order in which many are settled`() {
        var chance = SplitMix(seed: 42)
        for _ in 0..<50 {
            var lane = LaneLedger()
            var open = Set<Int64>()
            var next: Int64 = 0
            for _ in 0..<3_000 {
                if open.isEmpty || chance.next() % 2 == 0 {
                    next += Int64(chance.next() % 3) + 1
                    _ = lane.delivered(next)
                    open.insert(next)
                } else if let one = open.randomElement(using: &chance) {
                    open.remove(one)
                    lane.settle(one)
                }
                guard lane.uncommitted == (open.min() ?? next + 1) else {
                    return #expect(Bool(false), "\(open.min() ?? next + 1) expected")
                }
            }
        }
    }
}

@Suite struct `Callers of publish` {
    private typealias Ticket = Ledger.Ticket

    @Test func `are lost from the first event that did not arrive, and no other call is`() {
        var ledger = Ledger()
        let (one, two) = (ledger.begin(2), ledger.begin(1))
        #expect(one != two && !ledger.isLost(one))
        _ = ledger.settle(Ticket(call: one, index: 0), .refused("no"))
        #expect(!ledger.isLost(one))
        _ = ledger.settle(Ticket(call: one, index: 1), .unavailable("away"))
        #expect(ledger.isLost(one) && !ledger.isLost(two))
        // What nobody has sent, or was answered before, changes nothing.
        _ = ledger.settle(Ticket(call: 77, index: 0), .acknowledged)
        _ = ledger.settle(Ticket(call: two, index: 9), .acknowledged)
    }

    @Test func `find their tickets again in a message's opaque`() {
        for ticket in [Ticket(call: 1, index: 0), Ticket(call: .max, index: 4_000_000_000)] {
            #expect(Ticket(bits: ticket.bits) == ticket && ticket.bits != 0)
        }
    }
}

/// The same chances each time.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
