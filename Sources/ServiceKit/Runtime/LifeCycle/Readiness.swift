internal import TradewindLocks

/// Whether the program should be given work, and if not, why: what `/health/ready` answers. Any part may tell it what
/// is missing, from any thread.
package final class Readiness: Sendable {
    package enum Status: Equatable, Sendable {
        case starting
        case ready
        /// Sorted by name.
        case notReady([Reason])
        case draining
    }
    package struct Reason: Equatable, Sendable {
        package let name: String, text: String
        package init(name: String, text: String) { (self.name, self.text) = (name, text) }
    }
    enum Phase { case starting, running, draining }

    private struct State {
        var phase = Phase.starting
        var reasons: [String: String] = [:]
    }
    private let state = Lock(State())

    package init() {}

    package var status: Status {
        state.withLock { state in
            switch state.phase {
            case .starting: .starting
            case .draining: .draining
            case .running where state.reasons.isEmpty: .ready
            case .running:
                .notReady(state.reasons.sorted { $0.key < $1.key }.map { Reason(name: $0.key, text: $0.value) })
            }
        }
    }

    /// `readiness.lacks("database", "connection refused")`, until `readiness.has("database")`.
    package func lacks(_ name: String, _ reason: String) { state.withLock { $0.reasons[name] = reason } }
    package func has(_ name: String) { state.withLock { _ = $0.reasons.removeValue(forKey: name) } }

    func enter(_ phase: Phase) { state.withLock { $0.phase = phase } }
}
