import Testing
import TradewindDomain
import TradewindSecurity
import TradewindTesting

@Suite struct `A rate limit` {
    private let clock = ManualClock()
    private let key = RateKey.address("192.0.2.1")

    private func limiter(_ limit: RateLimit, buckets: Int = 1 << 10) -> LocalRateLimiter {
        LocalRateLimiter(limit, buckets: buckets, clockwork: .manual(clock))
    }

    @Test func `admits a burst, then as many as grow again`() {
        let limiter = limiter(RateLimit(10, burst: 3))
        #expect((0..<5).map { _ in limiter.take(1, of: key).isAdmitted } == [true, true, true, false, false])
        clock.advance(by: .milliseconds(99))
        #expect(!limiter.take(1, of: key).isAdmitted)
        clock.advance(by: .milliseconds(1))
        #expect(limiter.take(1, of: key).isAdmitted)
        #expect(!limiter.take(1, of: key).isAdmitted)
    }

    @Test func `says how much is left and when there will be more`() {
        let limiter = limiter(RateLimit(10, burst: 3))
        let verdicts = (0..<4).map { _ in limiter.take(1, of: key) }
        #expect(verdicts.map(\.remaining) == [2, 1, 0, 0])
        #expect(verdicts.map(\.limit) == [3, 3, 3, 3])
        #expect(verdicts.map(\.reset) == [100, 200, 300, 300].map { .milliseconds($0) })
        #expect(verdicts.map(\.retryAfter) == [nil, nil, nil, .milliseconds(100)])
    }

    @Test func `never holds more than the burst, however long nobody came`() {
        let limiter = limiter(RateLimit(10, burst: 3))
        clock.advance(by: .seconds(3_600))
        #expect((0..<4).map { _ in limiter.take(1, of: key).isAdmitted } == [true, true, true, false])
    }

    @Test func `is each one's own`() {
        let limiter = limiter(RateLimit(1, burst: 1))
        let id = UUID(high: 1, low: 2)
        let keys = [key, .address("192.0.2.2"), .user(id), .named("login", "a"), .named("order", "a")]
        #expect(keys.allSatisfy { limiter.take(1, of: $0).isAdmitted })
        #expect(!keys.contains { limiter.take(1, of: $0).isAdmitted })
    }

    @Test func `can be asked without taking`() {
        let limiter = limiter(RateLimit(5, per: .seconds(900)))
        for _ in 0..<10 { #expect(limiter.take(0, of: key).isAdmitted) }
        for _ in 0..<5 { #expect(limiter.take(1, of: key).isAdmitted) }
        let verdict = limiter.take(0, of: key)
        #expect(!verdict.isAdmitted)
        #expect(verdict.retryAfter == .seconds(180))
    }

    @Test func `is not forgotten because others are asked about`() {
        let limiter = limiter(RateLimit(1, burst: 1), buckets: 1)
        _ = limiter.take(1, of: key)
        for number in 0..<10_000 { #expect(limiter.take(0, of: .address("\(number)")).isAdmitted) }
        #expect(!limiter.take(1, of: key).isAdmitted)
    }

    @Test(arguments: 1...20) func `over any time admits at most its rate and its burst`(seed: UInt64) {
        var chance = Seeded(seed)
        let (rate, burst) = (Int.random(in: 1...500, using: &chance), Int.random(in: 1...50, using: &chance))
        let limiter = limiter(RateLimit(rate, burst: burst))
        var (admitted, milliseconds) = (0, 0)
        for _ in 0..<3_000 {
            let pause = Int.random(in: 0...4, using: &chance)
            clock.advance(by: .milliseconds(pause))
            milliseconds += pause
            let cost = Int.random(in: 1...3, using: &chance)
            if limiter.take(cost, of: key).isAdmitted { admitted += min(cost, burst) }
            // Intervals are whole nanoseconds, rounded down: at most one in a million too many.
            #expect(Double(admitted) <= Double(burst) + Double(rate * milliseconds) / 1_000 * 1.000_001)
        }
    }

    @Test func `keeps its memory under a flood of addresses, and the flood gains nothing for one that floods alone`() {
        let limiter = limiter(RateLimit(1, burst: 5), buckets: 128)
        for number in 0..<50_000 { _ = limiter.take(1, of: .address("flood \(number)")) }
        let admitted = (0..<10).count { _ in limiter.take(1, of: key).isAdmitted }
        #expect(admitted == 5)
    }

    @Test func `forgets the fullest bucket first`() {
        let limiter = limiter(RateLimit(1, burst: 100), buckets: 1)
        for _ in 0..<100 { _ = limiter.take(1, of: key) }
        for number in 0..<10_000 { _ = limiter.take(1, of: .address("passer-by \(number)")) }
        #expect(!limiter.take(1, of: key).isAdmitted)
    }

    @Test(arguments: [(0, 0), (-1, -1), (Int.max, Int.max), (1, Int.max), (Int.max, 1)])
    func `takes the nearest that makes sense`(count: Int, burst: Int) {
        let limiter = limiter(RateLimit(count, burst: burst))
        for cost in [Int.min, -1, 0, 1, Int.max] { _ = limiter.take(cost, of: key) }
        clock.advance(by: .seconds(1 << 33))
        #expect(limiter.take(1, of: key).isAdmitted)
    }
}

@Suite struct `A shared rate limit` {
    private let shared = SharedRateLimit(RateLimit(10, burst: 3))

    @Test func `tells the script interval, capacity and cost in microseconds`() {
        #expect(shared.arguments(cost: 1) == ["100000", "300000", "1"])
        #expect(shared.arguments(cost: 99) == ["100000", "300000", "3"])
        #expect(shared.key(of: .named("login", "a@b.example")) == "tradewind:rate:login:a@b.example")
    }

    @Test(
        arguments: [
            ([1, 100_000], 2, nil), ([1, 300_000], 0, nil), ([0, 300_000], 0, 100), ([0, 250_000], 0, 50),
        ] as [([Int64], Int, Int?)])
    func `reads its answer`(answer: [Int64], remaining: Int, milliseconds: Int?) throws {
        let verdict = try #require(shared.verdict(cost: 1, answer: answer))
        #expect(verdict.remaining == remaining)
        #expect(verdict.retryAfter == milliseconds.map { .milliseconds($0) })
    }

    @Test(arguments: [[], [1], [2, 0], [1, -1], [1, 1, 1], [1, .max]] as [[Int64]])
    func `takes no other answer`(answer: [Int64]) { #expect(shared.verdict(cost: 1, answer: answer) == nil) }
}
