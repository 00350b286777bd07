import Testing
import TradewindPersistence

@Suite struct `Waiting before the next attempt` {
    @Test func `takes twice as long each time, up to a limit`() {
        var backoff = Backoff(first: .milliseconds(100), most: .seconds(1))
        let pauses = (1...6).map { _ in backoff.failed(chance: 0) }
        #expect(pauses == [50, 100, 200, 400, 500, 500].map { .milliseconds($0) })
        backoff.succeeded()
        let fresh = backoff.failed(chance: 0)
        #expect(fresh == .milliseconds(50))
    }

    @Test func `takes between half and all of it, by chance`() {
        let backoff = Backoff(first: .milliseconds(100), most: .seconds(1))
        let pauses = (0..<UInt64(2_000)).map { backoff.pause(beforeAttempt: 1, chance: $0) }
        #expect(pauses.allSatisfy { $0 >= .milliseconds(50) && $0 <= .milliseconds(100) })
        #expect(Set(pauses).count == 1_024)
    }

    @Test func `does not overflow after years of failures`() {
        #expect(Backoff().pause(beforeAttempt: .max, chance: .max) <= .seconds(1))
    }
}
