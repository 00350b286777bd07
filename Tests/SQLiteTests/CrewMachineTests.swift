import Testing
import TradewindReactor
import TradewindSQLite

@Suite struct `A crew` {
    private let later = Instant(nanoseconds: 100)

    private func machine(_ members: Int = 1, group: Int = 4) -> CrewMachine<Int> {
        CrewMachine(members: members, waitingLimit: 5, groupLimit: group)
    }

    @Test func `starts a thread for the first work and calls it for the next`() {
        var machine = machine()
        #expect(machine.submit(1, wantsLease: false, deadline: later) == .start(0))
        #expect(machine.next(0) == .group([1]))
        #expect(machine.next(0) == .rest(isLeased: false))
        #expect(machine.submit(2, wantsLease: false, deadline: later) == .call(0))
        #expect(machine.submit(3, wantsLease: false, deadline: later) == .queued)
        #expect(machine.next(0) == .group([2, 3]))
    }

    @Test func `shares a commit among those that wait, as many as allowed`() {
        var machine = machine(group: 3)
        for work in 1...5 { _ = machine.submit(work, wantsLease: false, deadline: later) }
        #expect(machine.submit(6, wantsLease: false, deadline: later) == .refused)
        #expect(machine.next(0) == .group([1, 2, 3]))
        #expect(machine.next(0) == .group([4, 5]))
    }

    @Test func `lets a lease be overtaken by nobody, and nobody into a lease`() {
        var machine = machine()
        _ = machine.submit(1, wantsLease: false, deadline: later)
        _ = machine.submit(2, wantsLease: true, deadline: later)
        _ = machine.submit(3, wantsLease: false, deadline: later)
        #expect(machine.next(0) == .group([1]))
        #expect(machine.next(0) == .lease(2))
        #expect(machine.next(0) == .rest(isLeased: true))
        let taken = machine.submit(9, toLeased: 0)
        #expect(taken)
        #expect(machine.next(0) == .leased(9))
        #expect(machine.endLease(0) == [])
        #expect(machine.next(0) == .group([3]))
        let late = machine.submit(10, toLeased: 0)
        #expect(!late)
    }

    @Test func `lets go who waits no longer or too long`() {
        var machine = machine()
        for work in 1...4 {
            _ = machine.submit(work, wantsLease: false, deadline: Instant(nanoseconds: Int64(work * 10)))
        }
        let (left, again) = (machine.leave(3), machine.leave(3))
        #expect(left && !again)
        #expect(machine.expired(at: Instant(nanoseconds: 20)) == [1, 2])
        #expect(machine.next(0) == .group([4]))
    }

    @Test func `stops when leases have ended, and says when the last has left`() {
        var machine = machine(2)
        _ = machine.submit(1, wantsLease: true, deadline: later)
        _ = machine.submit(2, wantsLease: false, deadline: later)
        #expect(machine.next(0) == .lease(1))
        #expect(machine.next(1) == .group([2]))
        #expect(machine.next(1) == .rest(isLeased: false))
        let (waiting, resting) = machine.stop()
        #expect(waiting == [] && resting == [1])
        #expect(machine.submit(3, wantsLease: false, deadline: later) == .closed)
        #expect(machine.next(1) == .stop)
        let first = machine.left(1)
        #expect(machine.next(0) == .rest(isLeased: true))
        _ = machine.endLease(0)
        #expect(machine.next(0) == .stop)
        let last = machine.left(0)
        #expect(!first && last)
    }
}
