package import TradewindCQRS
package import TradewindDomain
internal import TradewindLocks
package import TradewindPersistence

/// The unit of work on a database: state and events of a command take effect together or not at all. What is read is
/// read at once; what is written waits for the end and leaves in one round trip with the events.
package struct DatabaseWork: UnitOfWork {
    private let database: any Database
    private let source: String
    private let clockwork: Clockwork
    private let bell: Bell

    /// - Parameters:
    ///   - source: the service that its events come from.
    ///   - bell: the relay's.
    package init(_ database: any Database, source: String, clockwork: Clockwork, bell: Bell) {
        (self.database, self.source, self.clockwork, self.bell) = (database, source, clockwork, bell)
    }

    package func callAsFunction<Result>(_ body: (Work) async throws -> Result) async throws -> Result {
        let (result, hasEvents) = try await database.transaction { transaction in
            let work = Work(transaction, source: source, clockwork: clockwork)
            let result = try await body(work)
            return (result, try await work.finish())
        }
        if hasEvents { bell.ring() }
        return result
    }
}

/// What a command reads and writes. Writes that wait are not seen by its own reads.
package struct Work: Sendable {
    private struct Pending {
        var statements: [SQL] = []
        var hasEvents = false
    }

    private let transaction: any Transaction
    private let source: String
    private let clockwork: Clockwork
    private let pending = Box(Pending())

    fileprivate init(_ transaction: any Transaction, source: String, clockwork: Clockwork) {
        (self.transaction, self.source, self.clockwork) = (transaction, source, clockwork)
    }

    package var dialect: Dialect { transaction.dialect }

    package func query(_ sql: SQL) async throws(DatabaseError) -> Rows { try await transaction.query(sql) }

    /// Runs with the commit. What it violates is thrown there.
    package func write(_ sql: SQL) { pending.lock.withLock { $0.statements.append(sql) } }

    /// Becomes an event for other services with the commit.
    package func publish(_ event: some IntegrationEvent, for request: RequestContext) throws {
        let now = clockwork.now()
        let envelope = try Envelope(event, id: clockwork.newUUID(), source: source, at: now, for: request)
        let row = Outbox.insert(envelope, at: now)
        pending.lock.withLock { pending in
            pending.statements.append(row)
            pending.hasEvents = true
        }
    }

    /// Records the message in the inbox of `consumer`. False when it was handled before: then there is nothing to do.
    package func isFirst(_ message: String, for consumer: String) async throws -> Bool {
        try await Inbox(consumer: consumer).record(message, at: clockwork.now(), in: transaction)
    }

    fileprivate func finish() async throws -> Bool {
        let pending = pending.lock.withLock { $0 }
        if !pending.statements.isEmpty { _ = try await transaction.batch(pending.statements) }
        return pending.hasEvents
    }

    /// A lock cannot be copied, and a work is passed around.
    private final class Box<State: Sendable>: Sendable {
        let lock: Lock<State>
        init(_ state: State) { lock = Lock(state) }
    }
}
