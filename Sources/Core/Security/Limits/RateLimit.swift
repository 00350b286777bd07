internal import TradewindDomain

/// How often something may happen: so many at once, and then as many as grow again. A token bucket, kept as one number:
/// the time at which it will be full (the generic cell rate algorithm of ITU-T I.371).
package struct RateLimit: Hashable, Sendable {
    /// How many the full bucket holds.
    package let burst: Int
    /// Nanoseconds in which one grows, and in which all do.
    let interval: Int64, capacity: Int64

    /// `count` in each `period`, and `burst` at once, which without a word is as many. Of what makes no sense the
    /// nearest that does is taken: at least one, at most one a nanosecond.
    package init(_ count: Int, per period: Duration = .seconds(1), burst: Int? = nil) {
        let (seconds, attoseconds) = period.components
        let nanoseconds = min(max(seconds, 0), 1 << 30) * 1_000_000_000 + attoseconds / 1_000_000_000
        interval = max(1, nanoseconds / Int64(max(1, count)))
        self.burst = min(max(1, burst ?? count), Int((1 << 61) / interval))
        capacity = interval * Int64(self.burst)
    }

    /// Takes `cost` from a bucket that will be full at `full`, or leaves it as it is. With a cost of 0 one is only
    /// looked for.
    func take(_ cost: Int, from full: inout Int64, at now: Int64) -> RateVerdict {
        // A clock that was put back must not keep anybody out for longer than an empty bucket does.
        let debt = full > now ? min(max(full &- now, 0), capacity) : 0
        guard isAdmitted(cost, debt: debt) else { return verdict(cost, debt: debt, isAdmitted: false) }
        let after = debt + interval * Int64(clamped(cost))
        full = now &+ after
        return verdict(cost, debt: after, isAdmitted: true)
    }

    /// `debt` is how long the bucket takes to be full again.
    func verdict(_ cost: Int, debt: Int64, isAdmitted: Bool) -> RateVerdict {
        let missing = debt + interval * Int64(max(1, clamped(cost))) - capacity
        return RateVerdict(
            limit: burst, remaining: Int((capacity - debt) / interval), reset: .nanoseconds(debt),
            retryAfter: isAdmitted ? nil : .nanoseconds(max(missing, 0)))
    }

    private func isAdmitted(_ cost: Int, debt: Int64) -> Bool {
        debt + interval * Int64(max(1, clamped(cost))) <= capacity
    }

    func clamped(_ cost: Int) -> Int { min(max(cost, 0), burst) }
}

package struct RateVerdict: Hashable, Sendable {
    package let limit: Int, remaining: Int
    /// Until all is there again.
    package let reset: Duration
    /// Nil when it was admitted.
    package let retryAfter: Duration?

    package var isAdmitted: Bool { retryAfter == nil }
}
