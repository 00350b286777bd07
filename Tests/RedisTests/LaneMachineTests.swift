import Testing
import TradewindReactor

@testable import TradewindRedis

@Suite struct `A member's lanes` {
    private let soon = Instant(nanoseconds: 3_000), now = Instant(nanoseconds: 1_000)

    /// A member that has had its first two beats, alone.
    private func alone(lanes: Int = 4) -> LaneMachine {
        var machine = LaneMachine("a", lanes: lanes)
        #expect(machine.beat(["a"], [], until: soon).isUnfinished == true)
        let change = machine.beat(["a"], machine.leases.map { ($0, .taken) }, until: soon)
        #expect(change.claiming == Array(0..<lanes))
        return machine
    }

    /// All lanes claimed and caught up with, up to entry 5.
    private func live() -> LaneMachine {
        var machine = alone()
        for lane in 0..<4 {
            machine.claimed(
                lane, machine.lanes[lane].tenure, next: "0-0", group: EntryID(position: 5), at: now)
            #expect(machine.read(lane, machine.lanes[lane].tenure, .entries(upTo: nil), at: now) == true)
        }
        #expect(machine.readable(at: now).allSatisfy { $0.after == nil })
        return machine
    }

    @Test(arguments: 1...6) func `are shared so that nobody has more than his part`(count: Int) {
        let names = (0..<count).map { "member\($0)" }
        var owners: [Int] = []
        for name in names {
            var machine = LaneMachine(name, lanes: 8)
            _ = machine.beat(names, [], until: soon)
            #expect(machine.leases.count <= (8 + count - 1) / count)
            owners += machine.leases
        }
        #expect(owners.sorted() == Array(0..<8))
    }

    @Test func `move little when one more member comes`() {
        func owners(_ names: [String]) -> [Int: String] {
            var owners: [Int: String] = [:]
            for name in names {
                var machine = LaneMachine(name, lanes: 64)
                _ = machine.beat(names, [], until: soon)
                for lane in machine.leases { owners[lane] = name }
            }
            return owners
        }
        let (before, after) = (owners(["a", "b", "c"]), owners(["a", "b", "c", "d"]))
        #expect((0..<64).count { before[$0] != after[$0] } < 32)
    }

    @Test func `are read again from the beginning, then what is new`() {
        var machine = alone()
        let tenure = machine.lanes[0].tenure
        machine.claimed(0, tenure, next: "7-0", group: nil, at: now)
        #expect(machine.claims(at: now).first?.from == "7-0")
        machine.claimed(0, tenure, next: "0-0", group: EntryID(position: 9), at: now)
        #expect(machine.readable(at: now).first?.after == .zero)
        #expect(machine.read(0, tenure, .entries(upTo: EntryID(position: 4)), at: now) == true)
        #expect(machine.readable(at: now).first?.after == EntryID(position: 4))
        #expect(machine.read(0, tenure, .entries(upTo: nil), at: now) == true)
        #expect(machine.readable(at: now).first.map { $0.after == nil } == true)
        #expect(machine.lanes[0].last == EntryID(position: 9))
    }

    @Test func `that another should have are let go, and given back when they are released`() {
        var machine = live()
        let change = machine.beat(["a", "b"], machine.leases.map { ($0, .renewed) }, until: soon)
        #expect(change.revoked.count == 2 && change.givenBack.isEmpty)
        #expect(machine.readable(at: now).count == 2)
        #expect(machine.leases == [0, 1, 2, 3])
        for lane in change.revoked {
            #expect(machine.released(lane) == true)
            #expect(machine.released(lane) == false)
        }
        #expect(machine.leases.count == 2)
    }

    @Test func `whose lease another has are lost at once`() {
        var machine = live()
        let change = machine.beat(["a"], [(0, .others), (1, .renewed), (2, .renewed), (3, .renewed)], until: soon)
        #expect(change.revoked == [0])
        #expect(machine.released(0) == false)
        let again = machine.beat(["a"], machine.leases.map { ($0, .renewed) }, until: soon)
        #expect(again.claiming == [0])
    }

    @Test func `that were nobody's for a while begin anew, for others may have had them`() {
        var machine = live()
        #expect(machine.beat(["a"], [(2, .taken)], until: soon).revoked == [2])
    }

    @Test func `are let go when no beat was answered in time`() {
        var machine = live()
        #expect(machine.expire(at: now) == LaneMachine.Change())
        #expect(machine.readable(at: soon).isEmpty)
        #expect(machine.expire(at: soon).revoked == [0, 1, 2, 3])
        #expect(machine.expire(at: soon).revoked == [])
    }

    @Test func `that come for good only after they were lost again are not claimed`() {
        var machine = alone()
        let change = machine.beat(["b"], machine.leases.map { ($0, .renewed) }, until: soon)
        #expect(change.givenBack == [0, 1, 2, 3] && change.revoked.isEmpty)
        #expect(machine.claims(at: now).isEmpty && machine.leases.isEmpty)
    }

    @Test func `are read again after what was handed out when an answer was lost`() {
        var machine = live()
        let tenure = machine.lanes[1].tenure
        #expect(machine.read(1, tenure, .entries(upTo: EntryID(position: 8)), at: now) == true)
        #expect(machine.read(1, tenure, .unknown, at: now) == true)
        #expect(machine.readable(at: now)[1].after == EntryID(position: 8))
    }

    @Test func `take no answers that were meant for an earlier time`() {
        var machine = live()
        let tenure = machine.lanes[0].tenure
        _ = machine.expire(at: soon)
        #expect(machine.read(0, tenure, .entries(upTo: EntryID(position: 8)), at: now) == false)
        #expect(machine.lanes[0].last == EntryID(position: 5))
    }

    @Test func `rest when Redis complains of them, and begin anew when the group is gone`() {
        var machine = live()
        #expect(machine.read(0, machine.lanes[0].tenure, .complaint, at: now) == true)
        #expect(machine.readable(at: now).map(\.lane) == [1, 2, 3])
        #expect(machine.read(1, machine.lanes[1].tenure, .noGroup, at: now) == true)
        #expect(machine.claims(at: now).map(\.lane) == [1])
    }

    @Test(arguments: [
        ("0-0", UInt128(0)), ("1-2", UInt128(1) << 64 | 2), ("18446744073709551615-18446744073709551615", UInt128.max),
    ])
    func `count entries by both halves of their ids`(text: String, position: UInt128) {
        #expect(EntryID(text)?.position == position)
        #expect(EntryID(position: position).description == text)
    }

    @Test(arguments: ["", "-", "1", "1-", "-1", "1-2-3", "18446744073709551616-0", "a-b", "$"])
    func `know what is no id`(text: String) { #expect(EntryID(text) == nil) }
}
