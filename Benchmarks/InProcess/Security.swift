internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindReactor
internal import TradewindSecurity
internal import TradewindTesting

// What the gateway does for every request before it goes on: checks a token, and takes from the caller's bucket.

private struct Gate {
    let tokens = AccessTokens(TokenKeys([TokenKey(secret: "a secret of thirty-two bytes ...")]))
    let token: [UInt8], now = Timestamp.noon
    let limiter = LocalRateLimiter(RateLimit(1_000_000), clockwork: Gate.clockwork)
    let callers = (0..<10_000).map { RateKey.user(UUID(high: 1, low: $0)) }

    /// As the live one.
    private static let clockwork = Clockwork(
        now: { .noon }, uptime: { .nanoseconds(Instant.now().nanoseconds) }, newUUID: { .zero },
        sleep: { try await Task.sleep(for: $0) })

    init() throws {
        let user = UUID(v7: UInt64(now.milliseconds), random: (1, 2))
        token = Array(try tokens.issue(to: user, as: .user, id: user, at: now).token.utf8)
    }

    func verify() throws { consume(try tokens.verify(token.span, at: now)) }
}

func security() throws {
    let gate = try Gate()
    let verify = try nanoseconds { _ in try gate.verify() }
    let issue = try nanoseconds { _ in consume(try gate.tokens.issue(to: .zero, as: .user, id: .zero, at: gate.now)) }
    let limit = nanoseconds { consume(gate.limiter.take(1, of: gate.callers[$0])) }
    print("Security verify_ns=\(verify) limit_ns=\(limit) issue_ns=\(issue)")
}

/// For one call: the median of many short turns.
private func nanoseconds(_ body: (Int) throws -> Void) rethrows -> Double {
    let (turns, calls) = (200, 5_000)
    var times: [Double] = []
    for turn in 0..<turns {
        let start = processorTime()
        for call in 0..<calls { try body((turn * calls + call) % 10_000) }
        times.append((processorTime() - start) / Double(calls))
    }
    return median(times)
}

/// For `valgrind --tool=callgrind --toggle-collect='*verifyLoop*'`.
@inline(never)
func verifyLoop() throws {
    let gate = try Gate()
    for _ in 0..<20_000 { try gate.verify() }
}
