import Testing

@testable import TradewindReactor

@Suite struct `Deadlines of a loop` {
    private var timers = Timers()
    private var fired: [String] = []

    private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    private mutating func advance(to seconds: Int64) -> Int {
        var count = 0
        while let deadline = timers.popPassed(now: at(seconds)) {
            deadline.fire()
            count += 1
        }
        return count
    }

    @Test mutating func `fire in the order of their moments, whatever the order in which they were set`() {
        var order: [Int64] = []
        for second in [3, 1, 4, 1, 5, 9, 2, 6] as [Int64] {
            timers.set(Deadline { order.append(second) }, to: at(second), now: at(0))
        }
        for second in 0...10 as ClosedRange<Int64> { _ = advance(to: second) }
        #expect(order == [1, 1, 2, 3, 4, 5, 6, 9])
    }

    @Test mutating func `moved away before it passes, a deadline does not fire`() {
        let deadline = Deadline {}
        timers.set(deadline, to: at(2), now: at(0))
        timers.set(deadline, to: at(60), now: at(1))
        #expect(advance(to: 3) == 0)
        #expect(advance(to: 59) == 0)
        #expect(advance(to: 60) == 1)
    }

    @Test mutating func `moved nearer, a deadline fires once, at the nearer moment`() {
        let deadline = Deadline {}
        timers.set(deadline, to: at(4), now: at(0))
        timers.set(deadline, to: at(1), now: at(0))
        #expect(advance(to: 1) == 1)
        #expect(advance(to: 100) == 0)
    }

    @Test mutating func `moving a deadline a thousand times leaves one entry in the heap`() {
        let deadline = Deadline {}
        for step in 0..<1000 { timers.set(deadline, to: at(75 + Int64(step)), now: at(Int64(step / 250))) }
        var looks = 0
        while let next = timers.next, next < at(1074) {
            #expect(timers.popPassed(now: next) == nil)
            looks += 1
        }
        #expect(looks < 300)
        #expect(advance(to: 1074) == 1)
    }

    @Test mutating func `a deadline in the distant future never fires`() {
        let deadline = Deadline {}
        timers.set(deadline, to: at(1), now: at(0))
        timers.set(deadline, to: .distantFuture, now: at(0))
        #expect(advance(to: 1_000_000) == 0)
        #expect(timers.isEmpty)
    }

    @Test func `adding an endless timeout to a moment gives the distant future`() {
        #expect(at(1) + .seconds(Int64.max) == .distantFuture)
        #expect(at(1) + .nanoseconds(500) == Instant(nanoseconds: 1_000_000_500))
    }
}
