import Testing
import TradewindDomain
import TradewindRedis
import TradewindRuntime
import TradewindSecurity
import TradewindTesting

@Suite struct `What all instances share through Redis` {
    @Test func `is a bucket, from which either takes what the other has left`() async throws {
        try await withRedis { _, client in
            let limiters = (0..<2).map { _ in
                RedisRateLimiter(RateLimit(1, per: .seconds(3_600), burst: 3), on: client, clockwork: .live)
            }
            let key = RateKey.user(Clockwork.live.newUUID())
            var verdicts: [RateVerdict] = []
            for turn in 0..<4 { verdicts.append(await limiters[turn % 2].take(1, of: key)) }
            #expect(verdicts.map(\.remaining) == [2, 1, 0, 0])
            #expect(verdicts.map(\.isAdmitted) == [true, true, true, false])
            #expect(await limiters[0].take(1, of: .user(Clockwork.live.newUUID())).isAdmitted)
        }
    }

    @Test func `is a limit that each keeps by itself while Redis is away`() async throws {
        try await withClient(RedisSettings(port: 1)) { client in
            let clock = ManualClock()
            let limiter = RedisRateLimiter(
                RateLimit(1, per: .seconds(3_600), burst: 2), on: client, clockwork: .manual(clock))
            var verdicts: [Bool] = []
            for _ in 0..<3 { verdicts.append(await limiter.take(1, of: .address("a")).isAdmitted) }
            #expect(verdicts == [true, true, false])
        }
    }

    @Test func `is a memory of calls, which takes each once`() async throws {
        try await withRedis { _, client in
            let memories = (0..<2).map { _ in RedisReplayMemory(on: client) }
            let call = SHA256.hash("call \(Clockwork.live.newUUID())")
            let taken = [
                try await memories[0].remember(call, at: .noon), try await memories[1].remember(call, at: .noon),
                try await memories[1].remember(SHA256.hash("another"), at: .noon),
            ]
            #expect(taken == [true, false, true])
        }
        try await withClient(RedisSettings(port: 1)) { client in
            await #expect(throws: RedisError.self) {
                try await RedisReplayMemory(on: client).remember(SHA256.hash("call"), at: .noon)
            }
        }
    }
}
