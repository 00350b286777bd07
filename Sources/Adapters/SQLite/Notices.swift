internal import TradewindLocks
internal import TradewindPersistence

/// Who listens to what, within this process: a file has nobody to pass on what another process says.
final class Notices: Sendable {
    private struct Listeners {
        var next = 0
        var listeners: [Channel: [Int: @Sendable (Notice) -> Void]] = [:]
    }

    private let state = Lock(Listeners())

    func add(_ channel: Channel, _ listener: @escaping @Sendable (Notice) -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.listeners[channel, default: [:]][state.next] = listener
            return state.next
        }
    }

    func remove(_ number: Int, from channel: Channel) {
        state.withLock { state in
            state.listeners[channel]?[number] = nil
            if state.listeners[channel]?.isEmpty == true { state.listeners[channel] = nil }
        }
    }

    func tell(_ channel: Channel, _ payload: String) {
        let listeners = state.withLock { $0.listeners[channel].map { Array($0.values) } ?? [] }
        for listener in listeners { listener(.notified(payload)) }
    }
}
