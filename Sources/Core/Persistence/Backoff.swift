/// How long to wait before the next attempt: twice as long each time up to a limit, and between half and all of that
/// by chance, so that those who lost a server together do not come back together.
package struct Backoff: Sendable {
    package let first: Duration, most: Duration
    package private(set) var failures = 0

    package init(first: Duration = .milliseconds(50), most: Duration = .seconds(1)) {
        (self.first, self.most) = (first, most)
    }

    package mutating func succeeded() { failures = 0 }

    /// One more attempt has failed. `chance` is any number.
    package mutating func failed(chance: UInt64) -> Duration {
        failures += 1
        return pause(beforeAttempt: failures, chance: chance)
    }

    package func pause(beforeAttempt attempt: Int, chance: UInt64) -> Duration {
        let whole = min(first * (1 << min(max(attempt - 1, 0), 20)), most)
        return whole / 2 + whole / 2 / 1_024 * Int(chance % 1_024)
    }
}
