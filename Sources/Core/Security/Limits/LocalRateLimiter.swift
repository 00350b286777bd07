package import TradewindDomain
internal import TradewindLocks

/// Buckets in the memory of one process: 16 bytes each, and no more of them than there are places. A full bucket is as
/// good as none, so idle ones cost nothing to forget. A key belongs into one of eight places; when others live in all
/// of them, the one that is nearest to full gives way and its owner gains what was missing: under a flood of addresses
/// the limit becomes softer, while memory and time stay the same.
package final class LocalRateLimiter: RateLimiter {
    package let limit: RateLimit
    private let clockwork: Clockwork
    private let shards: [Shard]

    /// `buckets` is rounded up to a power of two.
    package init(_ limit: RateLimit, buckets: Int = 1 << 16, clockwork: Clockwork) {
        (self.limit, self.clockwork) = (limit, clockwork)
        var sets = 1
        while sets * BucketSets.ways * Self.shardCount < min(buckets, 1 << 26) { sets *= 2 }
        shards = (0..<Self.shardCount).map { _ in Shard(sets: sets) }
    }

    /// Never waits for anything but a lock that is held for nanoseconds.
    package func take(_ cost: Int, of key: RateKey) -> RateVerdict {
        let (seconds, attoseconds) = clockwork.uptime().components
        let now = seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        let hash = UInt64(bitPattern: Int64(key.hashValue))
        let shard = shards[Int(truncatingIfNeeded: hash >> 60)]
        return shard.sets.withLock { $0.take(cost, of: hash, limit, at: now) }
    }

    private static let shardCount = 16

    private final class Shard: Sendable {
        let sets: Lock<BucketSets>
        init(sets count: Int) { sets = Lock(BucketSets(count)) }
    }
}

/// Swift seeds its hashes anew in each process, so nobody outside can choose keys that meet in one set, or share one of
/// the 2⁶⁴ hashes, which is all that is kept of a key.
private struct BucketSets {
    private struct Bucket {
        var hash: UInt64 = 0
        var full = Int64.min
    }

    static let ways = 8

    private var buckets: [Bucket]
    private let mask: Int

    /// A power of two.
    init(_ count: Int) {
        buckets = Array(repeating: Bucket(), count: count * Self.ways)
        mask = count - 1
    }

    mutating func take(_ cost: Int, of hash: UInt64, _ limit: RateLimit, at now: Int64) -> RateVerdict {
        let start = (Int(truncatingIfNeeded: hash) & mask) * Self.ways
        var place = start
        for candidate in start..<start + Self.ways {
            if buckets[candidate].hash == hash {
                place = candidate
                break
            }
            if buckets[candidate].full < buckets[place].full { place = candidate }
        }
        if buckets[place].hash != hash {
            // Who only asks about a bucket that is not there takes nobody's place.
            guard cost > 0 else { return limit.verdict(cost, debt: 0, isAdmitted: true) }
            buckets[place] = Bucket(hash: hash)
        }
        return limit.take(cost, from: &buckets[place].full, at: now)
    }
}
