import Synchronization
import TradewindDomain

/// What happened, in order.
final class Log: Sendable {
    private let state = Mutex<[String]>([])
    var entries: [String] { state.withLock { $0 } }
    func note(_ entry: String) { state.withLock { $0.append(entry) } }
}

/// Somebody who gets in between our reading and our commit, so many times.
final class Rival: Sendable {
    private struct State { var shop: Shop? = nil, order: OrderID? = nil, left: Int, count = 0 }
    private let state: Mutex<State>

    init(times: Int) { state = Mutex(State(left: times)) }

    var interferences: Int { state.withLock(\.count) }

    func enter(_ shop: Shop, _ order: OrderID) {
        state.withLock { ($0.shop, $0.order) = (shop, order) }
    }

    /// Gives the order a new version, without a change that anybody would see.
    func interfere() throws {
        guard let shop = state.withLock(\.shop), let order = state.withLock(\.order), takeTurn() else { return }
        try shop.change(order) { _ in [] }
    }

    /// Whether there was one left.
    func takeTurn() -> Bool {
        state.withLock { state in
            guard state.left > 0 else { return false }
            (state.left, state.count) = (state.left - 1, state.count + 1)
            return true
        }
    }
}

/// Closed until it is opened; counts who came to it.
final class Gate: Sendable {
    private struct State { var isOpen = false, waiting: [CheckedContinuation<Void, Never>] = [], arrived = 0 }
    private let state = Mutex(State())

    var arrived: Int { state.withLock(\.arrived) }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.arrived += 1
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
