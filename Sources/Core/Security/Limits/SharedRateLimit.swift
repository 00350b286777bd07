/// A bucket that all instances share, as a script for Redis: the same arithmetic as `RateLimit`, in microseconds of the
/// one clock that all of them ask. What holds the connection sends it and reads the answer.
package struct SharedRateLimit: Sendable {
    package let limit: RateLimit

    package init(_ limit: RateLimit) { self.limit = limit }

    /// One key; arguments as below; answers 1 or 0 for admitted or not, and the microseconds until the bucket is full.
    /// The key goes by itself when the bucket is full. Numbers of Lua are exact up to 2⁵³, which is the year 2255.
    package static let script = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local interval, capacity, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local debt = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0) - now, 0), capacity)
        if debt + interval * math.max(cost, 1) > capacity then return {0, debt} end
        if cost > 0 then
            debt = debt + interval * cost
            redis.call('SET', KEYS[1], string.format('%.0f', now + debt), 'PX', math.ceil(debt / 1000))
        end
        return {1, debt}
        """

    package func key(of key: RateKey) -> String { "tradewind:rate:\(key)" }

    /// A token grows in at least a microsecond here.
    package func arguments(cost: Int) -> [String] {
        let interval = max(1, limit.interval / 1_000)
        return [interval, interval * Int64(limit.burst), Int64(limit.clamped(cost))].map(\.description)
    }

    /// Nil when that is not what the script answers.
    package func verdict(cost: Int, answer: [Int64]) -> RateVerdict? {
        guard answer.count == 2, 0...1 ~= answer[0], 0...(1 << 50) ~= answer[1] else { return nil }
        let debt = min(answer[1] * 1_000, limit.capacity)
        return limit.verdict(cost, debt: debt, isAdmitted: answer[0] == 1)
    }
}
