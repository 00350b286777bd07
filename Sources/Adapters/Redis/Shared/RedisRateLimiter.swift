package import TradewindDomain
internal import TradewindLocks
package import TradewindSecurity

/// Buckets that all instances share. While Redis is away each instance counts for itself: nobody is let in without a
/// limit, and nobody waits for a Redis that says nothing, but for the one request in a while that asks again.
package final class RedisRateLimiter: RateLimiter {
    package let limit: RateLimit
    private let client: RedisClient
    private let shared: SharedRateLimit
    private let local: LocalRateLimiter
    private let clockwork: Clockwork
    private let awayUntil = Lock(Duration.zero)

    private static let script = RedisScript(SharedRateLimit.script)
    private static let pause = Duration.seconds(2)

    package init(_ limit: RateLimit, on client: RedisClient, clockwork: Clockwork) {
        (self.limit, self.client, self.clockwork) = (limit, client, clockwork)
        (shared, local) = (SharedRateLimit(limit), LocalRateLimiter(limit, clockwork: clockwork))
    }

    package func take(_ cost: Int, of key: RateKey) async -> RateVerdict {
        let now = clockwork.uptime()
        guard mayAsk(at: now) else { return local.take(cost, of: key) }
        let words = shared.arguments(cost: cost)
        guard let answer = try? await client.run(Self.script, keys: [shared.key(of: key)], words).integers,
            let verdict = shared.verdict(cost: cost, answer: answer)
        else {
            awayUntil.withLock { $0 = clockwork.uptime() + Self.pause }
            return local.take(cost, of: key)
        }
        awayUntil.withLock { $0 = .zero }
        return verdict
    }

    /// After a failure one asks in each pause, and the others do not wait for what becomes of it.
    private func mayAsk(at now: Duration) -> Bool {
        awayUntil.withLock { time in
            if time == .zero { return true }
            guard now >= time else { return false }
            time = now + Self.pause
            return true
        }
    }
}

extension RedisValue {
    /// Nil when it is not a list of numbers.
    fileprivate var integers: [Int64]? {
        guard case .array(let values) = self else { return nil }
        let numbers = values.compactMap { $0.integer.map(Int64.init) }
        return numbers.count == values.count ? numbers : nil
    }
}
