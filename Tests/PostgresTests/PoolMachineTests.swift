import Testing
import TradewindPostgres

@Suite struct `The pool machine of a loop` {
    private typealias Machine = PoolMachine<Int, String>

    private func machine(connections: Int, waiting: Int = 100, open: Range<Int> = 0..<0) -> Machine {
        var machine = Machine(.init(connections: connections, waiting: waiting))
        for connection in open {
            _ = machine.begin()
            machine.opened(connection)
        }
        return machine
    }

    /// What `next` says, in words.
    private func next(_ machine: inout Machine, mayOpen: Bool = true) -> String {
        switch machine.next(mayOpen: mayOpen) {
        case .run(let jobs, let connection): "\(connection) runs \(jobs.joined(separator: " "))"
        case .lease(let connection, let waiter): "\(waiter) has \(connection)"
        case .open: "open"
        case .nothing: "nothing"
        }
    }

    @Test func `opens one for each who waits, up to the limit`() {
        var machine = machine(connections: 2)
        for name in ["a", "b", "c"] { _ = machine.wait(name, for: .alone) }
        let actions = (1...3).map { _ in next(&machine) }
        #expect(actions == ["open", "open", "nothing"])
    }

    @Test func `opens none while it must not`() {
        var machine = machine(connections: 2)
        _ = machine.wait("a", for: .alone)
        let action = next(&machine, mayOpen: false)
        #expect(action == "nothing")
    }

    @Test func `opens again when opening failed`() {
        var machine = machine(connections: 1)
        _ = machine.wait("a", for: .alone)
        let first = next(&machine)
        machine.openingFailed()
        let second = next(&machine)
        #expect([first, second] == ["open", "open"])
        #expect(machine.openCount == 0)
    }

    @Test func `serves the longest wait first, whatever it is for`() {
        var machine = machine(connections: 3, open: 0..<3)
        _ = machine.wait("a", for: .whole)
        _ = machine.wait("b", for: .reading)
        _ = machine.wait("c", for: .alone)
        let actions = (1...4).map { _ in next(&machine) }
        #expect(actions == ["a has 2", "1 runs b", "0 runs c", "nothing"])
    }

    @Test func `puts a few that may share on each connection that is free`() {
        var machine = machine(connections: 4, open: 0..<4)
        for number in 1...10 { _ = machine.wait("\(number)", for: .reading) }
        let actions = (1...3).map { _ in next(&machine) }
        #expect(actions == ["3 runs 1 2 3 4 5 6 7 8", "2 runs 9 10", "nothing"])
        #expect(machine.idleCount == 2)
    }

    @Test func `puts more on each when there are more than connections`() {
        var machine = machine(connections: 2, open: 0..<2)
        for number in 1...70 { _ = machine.wait("\(number)", for: .reading) }
        let jobs = (1...2).map { _ in next(&machine).split(separator: " ").count - 2 }
        #expect(jobs == [32, 32])
        #expect(machine.waitingCount == 6)
    }

    @Test func `lets those that add share only when no connection is left for each`() {
        var machine = machine(connections: 2, open: 0..<2)
        for number in 1...2 { _ = machine.wait("\(number)", for: .adding) }
        let apart = (1...2).map { _ in next(&machine) }
        #expect(apart == ["1 runs 1", "0 runs 2"])
        for number in 1...5 { _ = machine.wait("\(number)", for: .adding) }
        machine.freed(0)
        let together = next(&machine)
        #expect(together == "0 runs 1 2 3 4 5")
    }

    @Test func `refuses whom it cannot let wait, and lets go who leaves`() {
        var machine = machine(connections: 1, waiting: 2)
        let tickets = ["a", "b", "c"].map { machine.wait($0, for: .alone) }
        #expect(tickets[0] != nil && tickets[1] != nil && tickets[2] == nil)
        let (left, leftAgain) = (machine.leave(tickets[0] ?? 0), machine.leave(tickets[0] ?? 0))
        #expect((left, leftAgain) == (true, false))
        #expect(machine.oldest?.waiter == "b")
    }

    @Test func `counts a connection that is gone no more`() {
        var machine = machine(connections: 1, open: 0..<1)
        machine.closed(0)
        #expect(machine.openCount == 0 && machine.idleCount == 0)
        _ = machine.wait("a", for: .alone)
        let action = next(&machine)
        #expect(action == "open")
    }

    @Test func `gives back all who wait, the longest first`() {
        var machine = machine(connections: 0)
        for (name, want) in [("a", Machine.Want.reading), ("b", .whole), ("c", .adding)] {
            _ = machine.wait(name, for: want)
        }
        let all = machine.dismissAll()
        #expect(all == ["a", "b", "c"])
        #expect(machine.waitingCount == 0)
    }
}
