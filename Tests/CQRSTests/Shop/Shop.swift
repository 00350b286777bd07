import Synchronization
import TradewindCQRS
import TradewindDomain

/// Orders, events and answers in memory, with transactions that notice when somebody was faster.
final class Shop: UnitOfWork, IdempotencyStore {
    private struct State {
        var orders: [OrderID: Order] = [:], events: [OrderEvent] = []
        var answers: [String: (fingerprint: Fingerprint, answer: [UInt8])] = [:]
    }
    struct AlreadyAnswered: Error {}

    private let state = Mutex(State())
    /// Run around each commit, to get in between.
    private let beforeCommit: @Sendable () async throws -> Void, afterCommit: @Sendable () throws -> Void

    init(
        beforeCommit: @escaping @Sendable () async throws -> Void = {},
        afterCommit: @escaping @Sendable () throws -> Void = {}
    ) {
        (self.beforeCommit, self.afterCommit) = (beforeCommit, afterCommit)
    }

    var orders: [OrderID: Order] { state.withLock(\.orders) }
    var events: [OrderEvent] { state.withLock(\.events) }

    func callAsFunction<Result>(_ body: (Transaction) async throws -> Result) async throws -> Result {
        let transaction = Transaction(orders: orders)
        let result = try await body(transaction)
        try await beforeCommit()
        try commit(transaction)
        try afterCommit()
        return result
    }

    func keep(_ answer: [UInt8], for claim: IdempotencyClaim, at now: Timestamp, in transaction: Transaction) {
        transaction.changes.withLock { $0.answers.append((claim, answer)) }
    }

    func answer(to claim: IdempotencyClaim) -> KeptAnswer? {
        guard let kept = state.withLock({ $0.answers[scope(of: claim)] }) else { return nil }
        return kept.fingerprint == claim.fingerprint ? .answer(kept.answer) : .ofAnotherRequest
    }

    private func scope(of claim: IdempotencyClaim) -> String { "\(claim.command) \(claim.caller) \(claim.key)" }

    /// What somebody else does meanwhile, in a transaction of their own.
    func change(_ id: OrderID, _ change: (inout Order) throws -> [OrderEvent]) throws {
        let transaction = Transaction(orders: orders)
        try transaction.update(id, change)
        try commit(transaction)
    }

    private func commit(_ transaction: Transaction) throws {
        let changes = transaction.changes.withLock { $0 }
        try state.withLock { state in
            for order in changes.orders where state.orders[order.id]?.version ?? .new != order.version {
                throw VersionConflict(Order.kind, order.id, expected: order.version)
            }
            for (claim, answer) in changes.answers {
                guard state.answers[scope(of: claim)] == nil else { throw AlreadyAnswered() }
                state.answers[scope(of: claim)] = (claim.fingerprint, answer)
            }
            for var order in changes.orders {
                order.version = order.version.next
                state.orders[order.id] = order
            }
            state.events += changes.events
        }
    }

    final class Transaction: Sendable {
        struct Changes {
            var orders: [Order] = [], events: [OrderEvent] = []
            var answers: [(IdempotencyClaim, [UInt8])] = []
        }
        fileprivate let changes = Mutex(Changes())
        private let orders: [OrderID: Order]

        fileprivate init(orders: [OrderID: Order]) { self.orders = orders }

        func insert(_ order: Order, _ events: [OrderEvent]) {
            changes.withLock {
                $0.orders.append(order)
                $0.events += events
            }
        }

        func update(_ id: OrderID, _ change: (inout Order) throws -> [OrderEvent]) throws {
            guard var order = orders[id] else { throw NotFound(Order.kind, id) }
            let events = try change(&order)
            insert(order, events)
        }
    }
}
