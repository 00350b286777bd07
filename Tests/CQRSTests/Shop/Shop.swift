import Synchronization
import TradewindCQRS
import TradewindDomain

/// Orders and events in memory, with transactions that notice when somebody was faster.
final class Shop: UnitOfWork {
    private struct State { var orders: [OrderID: Order] = [:], events: [OrderEvent] = [] }
    private let state = Mutex(State())
    /// Runs before each commit, to get in between.
    private let beforeCommit: @Sendable () async throws -> Void

    init(beforeCommit: @escaping @Sendable () async throws -> Void = {}) { self.beforeCommit = beforeCommit }

    var orders: [OrderID: Order] { state.withLock(\.orders) }
    var events: [OrderEvent] { state.withLock(\.events) }

    func callAsFunction<Result>(_ body: (Transaction) async throws -> Result) async throws -> Result {
        let transaction = Transaction(orders: orders)
        let result = try await body(transaction)
        try await beforeCommit()
        try commit(transaction)
        return result
    }

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
            for var order in changes.orders {
                order.version = order.version.next
                state.orders[order.id] = order
            }
            state.events += changes.events
        }
    }

    final class Transaction: Sendable {
        struct Changes { var orders: [Order] = [], events: [OrderEvent] = [] }
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
