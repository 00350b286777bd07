package import TradewindCQRS
package import TradewindDomain
internal import TradewindLocks
package import TradewindMessaging
package import TradewindPersistence

/// What a command reads and writes. Writes wait for the end, so its own reads do not see them.
package final class Work: Sendable {
    private struct Pending {
        var statements: [SQL] = []
        var conflicts: [String: any Error] = [:]
        var hasEvents = false
    }

    private let transaction: any Transaction
    private let source: String
    private let clockwork: Clockwork
    private let pending = Lock(Pending())

    init(_ transaction: any Transaction, source: String, clockwork: Clockwork) {
        (self.transaction, self.source, self.clockwork) = (transaction, source, clockwork)
    }

    package var now: Timestamp { clockwork.now() }

    package func query(_ sql: SQL) async throws(DatabaseError) -> Rows { try await transaction.query(sql) }

    /// Runs with the commit. `conflicts` says what it means when it violates a unique constraint: by the constraint's
    /// name, the error to throw.
    package func write(_ sql: SQL, conflicts: [String: any Error] = [:]) {
        pending.withLock { pending in
            pending.statements.append(sql)
            pending.conflicts.merge(conflicts) { first, _ in first }
        }
    }

    /// Becomes an event for other services with the commit.
    package func publish(_ event: some IntegrationEvent, for request: RequestContext) throws {
        let now = clockwork.now()
        publish(try Envelope(event, id: clockwork.newUUID(), source: source, at: now, for: request), at: now)
    }

    /// The same for data that only its sender knows. Returns the event's id.
    @discardableResult
    package func publish(
        _ data: some Encodable, to topic: EventName, key: String, for request: RequestContext
    ) throws -> UUID {
        let (now, id) = (clockwork.now(), clockwork.newUUID())
        publish(try Envelope(data, to: topic, key: key, id: id, source: source, at: now, for: request), at: now)
        return id
    }

    private func publish(_ envelope: Envelope, at now: Timestamp) {
        let row = Outbox.insert(envelope, at: now)
        pending.withLock { pending in
            pending.statements.append(row)
            pending.hasEvents = true
        }
    }

    /// Records the message in the inbox of `consumer`. False when it was handled before: then there is nothing to do.
    package func isFirst(_ message: String, for consumer: String) async throws -> Bool {
        try await Inbox(consumer: consumer).record(message, at: clockwork.now(), in: transaction)
    }

    /// Writes what waits and commits, in one round trip. Whether there are events among it.
    func finish() async throws -> Bool {
        let (statements, conflicts, hasEvents) = pending.withLock { ($0.statements, $0.conflicts, $0.hasEvents) }
        guard !statements.isEmpty else { return false }
        do throws(DatabaseError) {
            try await transaction.commit(statements)
        } catch {
            if case .uniqueViolation(let constraint) = error, let meaning = conflicts[constraint] { throw meaning }
            throw error
        }
        return hasEvents
    }
}
