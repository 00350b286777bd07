internal import TradewindRedis
package import TradewindSecurity

extension Host {
    /// Of requests, for each user or address; nil where there is no limit. Shared by all instances where the settings
    /// name a Redis.
    package func rateLimiter() -> (any RateLimiter)? {
        guard let rate = config.security.rateLimit else { return nil }
        let limit = RateLimit(rate.perSecond, burst: rate.burst)
        guard let redis else { return LocalRateLimiter(limit, clockwork: observability.clockwork) }
        return RedisRateLimiter(limit, on: redis, clockwork: observability.clockwork)
    }

    /// Which signed calls were taken already; shared in the same way.
    package func replayMemory() -> any ReplayMemory {
        redis.map { RedisReplayMemory(on: $0) } ?? LocalReplayMemory()
    }

    /// The client of the process for what it shares; the broker has one of its own.
    private var redis: RedisClient? {
        guard let settings = config.messaging.redis else { return nil }
        return openedRedis.get {
            let client = client(of: settings)
            add(RedisPart(client: client), in: .storage)
            return client
        }
    }
}

/// Lets go of Redis when nobody needs it any more.
private struct RedisPart: Service {
    let name = "what is shared in Redis"
    let client: RedisClient

    func run(_ life: Life) async throws {
        life.started()
        await life.stopRequested()
        client.shutDown()
    }
}
