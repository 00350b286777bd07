internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindHTTPClient
internal import TradewindRuntime

/// Asks each instance whether it lives. One that is gone is asked more often, so that it is found again soon.
struct HealthWatch: Service {
    let name = "health of services"
    let upstreams: [Upstream]
    let client: HTTPClient
    let clockwork: Clockwork
    let interval: Duration

    /// Two silences in a row: one may be chance.
    private static let patience = 2

    func run(_ life: Life) async throws {
        life.started()
        try await life.untilStop {
            try await withThrowingTaskGroup { group in
                for instance in upstreams.flatMap(\.instances) {
                    group.addTask { try await watch(instance) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func watch(_ instance: Instance) async throws {
        var silences = 0
        while true {
            silences = await lives(instance) ? 0 : silences + 1
            if silences == 0 { instance.found(alive: true) }
            if silences >= Self.patience { instance.found(alive: false) }
            try await clockwork.sleep(instance.isUp ? interval : min(interval, .milliseconds(250)))
        }
    }

    private func lives(_ instance: Instance) async -> Bool {
        var ask = ClientRequest(.get, instance.origin, target: "/health/live")
        var timeouts = ClientTimeouts()
        (timeouts.connect, timeouts.total) = (.seconds(1), .seconds(1))
        ask.timeouts = timeouts
        guard let answer = try? await client.send(ask), (try? await answer.bytes) != nil else { return false }
        return answer.status == .ok
    }
}
