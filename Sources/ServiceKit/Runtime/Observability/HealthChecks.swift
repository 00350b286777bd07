package import TradewindDomain
internal import TradewindLocks

/// Something that a service cannot do without, and how to find out whether it is there.
package struct HealthCheck: Sendable {
    package let name: String
    let isVital: Bool
    let check: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - isVital: whether the service should be given no work meanwhile. What it can live with is only told.
    ///   - check: throws what is wrong.
    package init(_ name: String, isVital: Bool = true, _ check: @escaping @Sendable () async throws -> Void) {
        (self.name, self.isVital, self.check) = (name, isVital, check)
    }
}

/// What a check found, and how long it took.
package struct HealthResult: Sendable {
    package let name: String
    package let isVital: Bool
    /// Nil when all is well.
    package let reason: String?
    package let seconds: Double

    init(_ check: HealthCheck, _ reason: String?, seconds: Double) {
        (name, isVital, self.reason, self.seconds) = (check.name, check.isVital, reason, seconds)
    }
}

/// Asks what a service depends on: all at the same time, each for a second at most, and no more often than once a
/// second however many ask. A check that hangs is not begun a second time beside itself.
package final class HealthChecks: Sendable {
    private struct State {
        var checks: [HealthCheck] = []
        var results: [HealthResult] = []
        var validUntil = Duration.zero
        var hanging: Set<String> = []
        /// Open when the round that is under way has ended.
        var round: Latch?
    }
    private let state = Lock(State())
    private let clockwork: Clockwork
    private let limit: Duration, freshness: Duration

    package init(clockwork: Clockwork, limit: Duration = .seconds(1), freshness: Duration = .seconds(1)) {
        (self.clockwork, self.limit, self.freshness) = (clockwork, limit, freshness)
    }

    package func add(_ check: HealthCheck) { state.withLock { $0.checks.append(check) } }

    /// In the order in which they were added.
    package func results() async -> [HealthResult] {
        let now = clockwork.uptime()
        let (checks, known, round) = state.withLock { state in
            let isFresh = state.results.count == state.checks.count && now < state.validUntil
            let round = isFresh ? nil : state.round
            if !isFresh, round == nil { state.round = Latch() }
            return (state.checks, isFresh ? state.results : nil, round)
        }
        if let known { return known }
        if let round {
            // Who asks meanwhile hears what this round finds; it takes no longer than the slowest check may.
            await round.wait()
            return state.withLock(\.results)
        }
        let found = await withTaskGroup(of: (Int, HealthResult).self) { group in
            for (index, check) in checks.enumerated() { group.addTask { (index, await self.result(of: check)) } }
            var found: [(Int, HealthResult)] = []
            for await result in group { found.append(result) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
        let end = clockwork.uptime() + freshness
        let ended = state.withLock { state in
            (state.results, state.validUntil) = (found, end)
            return state.round.take()
        }
        ended?.open()
        return found
    }

    private func result(of check: HealthCheck) async -> HealthResult {
        let isFree = state.withLock { $0.hanging.insert(check.name).inserted }
        guard isFree else { return HealthResult(check, "still no answer", seconds: 0) }
        let start = clockwork.uptime()
        let outcome = await within(limit, clockwork) { [self] in
            var reason: String?
            do { try await check.check() } catch { reason = "\(error)" }
            state.withLock { _ = $0.hanging.remove(check.name) }
            return reason
        }
        let seconds = (clockwork.uptime() - start) / .seconds(1)
        return HealthResult(check, outcome ?? "no answer within a second", seconds: seconds)
    }
}

extension HealthCheck {
    /// Fails before a disk is full, while there is still room to end well.
    static func disk(at path: String) -> HealthCheck {
        HealthCheck("disk") {
            guard let room = ProcessFacts.room(at: path) else { throw HealthFault("cannot be asked") }
            let least = min(64 << 20, room.whole / 100)
            guard room.free >= least else {
                throw HealthFault("only \(room.free >> 20) MiB are left")
            }
        }
    }
}

/// What a check found, in words.
struct HealthFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
