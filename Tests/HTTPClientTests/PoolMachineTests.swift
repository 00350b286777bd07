import Testing
import TradewindHTTPClient

@Suite struct `The pool machine` {
    private typealias Machine = PoolMachine<Int>

    @Test func `opens up to the limit, then lets callers wait, then refuses`() {
        var machine = Machine(connections: 2, waiting: 2)
        let leases = (1...5).map { _ in machine.lease() }
        #expect(leases == [.open, .open, .wait(1), .wait(2), .refuse])
        #expect(machine.busyCount == 2)
    }

    @Test func `prefers the connection used last`() {
        var machine = Machine(connections: 4, waiting: 0)
        for _ in 1...3 { _ = machine.lease() }
        let returns = (1...3).map { machine.returned($0) }
        #expect(returns == [.keep, .keep, .keep])
        let leases = [machine.lease(), machine.lease()]
        #expect(leases == [.use(3), .use(2)])
        #expect((machine.idleCount, machine.busyCount) == (1, 2))
    }

    @Test func `hands a returned connection to the longest wait`() {
        var machine = Machine(connections: 1, waiting: 9)
        _ = machine.lease()
        _ = (machine.lease(), machine.lease())
        let result1 = machine.returned(7)
        #expect(result1 == .hand(7, to: 1))
        let result2 = machine.returned(7)
        #expect(result2 == .hand(7, to: 2))
        let result3 = machine.returned(7)
        #expect(result3 == .keep)
    }

    @Test func `gives the place of a closed connection to the longest wait`() {
        var machine = Machine(connections: 1, waiting: 9)
        _ = machine.lease()
        _ = machine.lease()
        let result4 = machine.closed()
        #expect(result4 == 1)
        #expect(machine.busyCount == 1)
        let result5 = machine.closed()
        #expect(result5 == nil)
        let result6 = machine.lease()
        #expect(result6 == .open)
    }

    @Test func `forgets who waits no longer`() {
        var machine = Machine(connections: 1, waiting: 9)
        _ = machine.lease()
        _ = (machine.lease(), machine.lease())
        let result7 = machine.leave(1)
        #expect(result7)
        let result8 = machine.leave(1)
        #expect(!result8)
        let result9 = machine.returned(7)
        #expect(result9 == .hand(7, to: 2))
        let result10 = machine.leave(2)
        #expect(!result10)
    }

    @Test func `an idle connection that closes makes room`() {
        var machine = Machine(connections: 1, waiting: 0)
        _ = machine.lease()
        _ = machine.returned(7)
        let result11 = machine.closedIdle(7)
        #expect(result11)
        let result12 = machine.closedIdle(7)
        #expect(!result12)
        let result13 = machine.lease()
        #expect(result13 == .open)
    }

    @Test func `drops all idle connections at once`() {
        var machine = Machine(connections: 3, waiting: 0)
        _ = (machine.lease(), machine.lease(), machine.lease())
        _ = (machine.returned(1), machine.returned(2))
        let result14 = machine.dropIdle()
        #expect(result14 == [1, 2])
        #expect((machine.idleCount, machine.busyCount) == (0, 1))
        let result15 = machine.lease()
        #expect(result15 == .open)
    }

    @Test func `gives out nothing after shutting down`() {
        var machine = Machine(connections: 2, waiting: 2)
        _ = (machine.lease(), machine.lease(), machine.lease())
        _ = machine.leave(1)
        _ = machine.returned(7)
        _ = machine.lease()
        _ = machine.lease()
        let left = machine.shutDown()
        #expect(left.idle == [] && left.waiting == [2])
        let result16 = machine.lease()
        #expect(result16 == .refuse)
        let result17 = machine.returned(7)
        #expect(result17 == .close)
        let result18 = machine.closed()
        #expect(result18 == nil)
        #expect(machine.busyCount == 0)
    }

    /// Whatever happens in whatever order, no place is lost or doubled, and nobody waits while there is room.
    @Test(arguments: 0..<200) func `keeps its books under any sequence of events`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var machine = Machine(connections: 3, waiting: 4)
        var busy: [Int] = [], opening = 0, tickets: Set<Int> = [], named = 0
        for _ in 0..<300 {
            switch dice.next() % 6 {
            case 0, 1:
                switch machine.lease() {
                case .use(let connection): busy.append(connection)
                case .open: opening += 1
                case .wait(let ticket): tickets.insert(ticket)
                case .refuse: #expect(tickets.count == 4)
                }
            case 2 where opening > 0:
                opening -= 1
                named += 1
                busy.append(named)
            case 3 where !busy.isEmpty:
                let connection = busy.removeLast()
                if case .hand(_, let ticket) = machine.returned(connection) {
                    #expect(tickets.remove(ticket) != nil)
                    busy.append(connection)
                }
            case 4 where !busy.isEmpty || opening > 0:
                if busy.popLast() == nil { opening -= 1 }
                if let ticket = machine.closed() {
                    #expect(tickets.remove(ticket) != nil)
                    opening += 1
                }
            case 5:
                if let ticket = tickets.first {
                    tickets.remove(ticket)
                    let result19 = machine.leave(ticket)
                    #expect(result19)
                }
            default: break
            }
            #expect(machine.busyCount == busy.count + opening)
            #expect(machine.busyCount + machine.idleCount <= 3)
            #expect(machine.waitingCount == tickets.count)
            if !tickets.isEmpty { #expect(machine.busyCount == 3) }
        }
    }
}

/// SplitMix64: the same dice for the same seed.
struct Dice: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed &+ 1 }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
