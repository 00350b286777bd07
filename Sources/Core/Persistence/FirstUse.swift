internal import TradewindLocks

/// Something that is fetched when it is first needed, once, however many need it at the same time.
package final class FirstUse<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case fetching([CheckedContinuation<Void, Never>])
        case there(Value)
    }

    private let state = Lock(State.idle)

    package init() {}

    /// Nil while nobody has needed it.
    package var value: Value? {
        state.withLock { state in
            if case .there(let value) = state { value } else { nil }
        }
    }

    /// When fetching fails, the next one who needs it tries again.
    package func get(_ fetch: () async throws(DatabaseError) -> Value) async throws(DatabaseError) -> Value {
        while true {
            let (value, isMine) = state.withLock { state in
                switch state {
                case .there(let value): return (Optional(value), false)
                case .fetching: return (nil, false)
                case .idle:
                    state = .fetching([])
                    return (nil, true)
                }
            }
            if let value { return value }
            if !isMine {
                await waitForOther()
                continue
            }
            do throws(DatabaseError) {
                let value = try await fetch()
                settle(.there(value))
                return value
            } catch {
                settle(.idle)
                throw error
            }
        }
    }

    private func waitForOther() async {
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state in
                guard case .fetching(let waiters) = state else { return true }
                state = .fetching(waiters + [waiter])
                return false
            }
            if isOver { waiter.resume() }
        }
    }

    private func settle(_ outcome: State) {
        let waiters = state.withLock { state in
            defer { state = outcome }
            if case .fetching(let waiters) = state { return waiters }
            return []
        }
        for waiter in waiters { waiter.resume() }
    }
}
