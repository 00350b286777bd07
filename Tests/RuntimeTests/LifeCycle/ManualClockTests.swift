import Testing
import TradewindTesting

@Suite(.timeLimit(.minutes(1))) struct `The manual clock` {
    private let clock = ManualClock()

    @Test func `stands still until it is wound`() {
        let start = clock.now
        #expect(clock.now == start)
        clock.advance(by: .seconds(90))
        #expect(start.duration(to: clock.now) == .seconds(90))
    }

    @Test func `wakes those whose time has come and no others`() async throws {
        async let short: Void = clock.sleep(for: .seconds(1))
        let long = Task { try await clock.sleep(for: .seconds(5)) }
        await clock.sleepers(2)
        clock.advance(by: .seconds(4))
        try await short
        await clock.sleepers(1)
        clock.advance(by: .seconds(1))
        try await long.value
    }

    @Test func `does not put anybody to sleep for a time that is past`() async throws {
        clock.advance(by: .seconds(3))
        try await clock.sleep(until: clock.now)
        try await clock.sleep(for: .seconds(-1))
    }

    @Test func `lets a cancelled sleeper go, before and during the sleep`() async {
        let during = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.sleepers(1)
        during.cancel()
        await #expect(throws: CancellationError.self) { try await during.value }
        let before = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await before.value }
    }
}
