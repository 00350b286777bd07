package import TradewindDomain
internal import TradewindLocks

/// A `CircuitMachine` for many callers.
package final class Circuit: Sendable {
    package struct Open: Error, Hashable, Sendable {
        /// When to come again.
        package let retryAfter: Duration
    }

    private let machine: Lock<CircuitMachine>
    private let clockwork: Clockwork

    package init(_ settings: CircuitMachine.Settings = .init(), clockwork: Clockwork) {
        machine = Lock(CircuitMachine(settings))
        self.clockwork = clockwork
    }

    package var state: CircuitMachine.State { machine.withLock(\.state) }

    /// Calls, unless the circuit is open.
    ///
    /// - Parameter isFailure: whether an error says something about the one who is called; one that says something
    ///   about the request does not.
    package func callAsFunction<Result>(
        isFailure: (any Error) -> Bool = { _ in true }, _ body: () async throws -> Result
    ) async throws -> Result {
        let now = clockwork.uptime()
        let (mayCall, wait) = machine.withLock { ($0.mayCall(at: now), $0.wait(at: now)) }
        guard mayCall else { throw Open(retryAfter: wait ?? .milliseconds(100)) }
        do {
            let result = try await body()
            ended(failed: false)
            return result
        } catch {
            ended(failed: isFailure(error))
            throw error
        }
    }

    /// For callers that say themselves how a call ended: nil to call, and then `ended` must follow; else how long to
    /// wait.
    package func refusal() -> Duration? {
        let now = clockwork.uptime()
        return machine.withLock { $0.mayCall(at: now) ? nil : $0.wait(at: now) ?? .milliseconds(100) }
    }

    package func ended(failed: Bool) {
        let now = clockwork.uptime()
        machine.withLock { $0.ended(failed: failed, at: now) }
    }
}
