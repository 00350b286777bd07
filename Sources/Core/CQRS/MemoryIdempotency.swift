package import TradewindDomain
internal import TradewindLocks

/// Answers in the memory of one process.
package final class MemoryIdempotency<Transaction: Sendable>: IdempotencyStore {
    private let table: Lock<IdempotencyTable>

    package init(limits: IdempotencyLimits = IdempotencyLimits()) { table = Lock(IdempotencyTable(limits: limits)) }

    /// Attempts and answers that are kept.
    package var count: Int { table.withLock { $0.count } }

    package func claim(_ claim: IdempotencyClaim, at now: Timestamp) async -> ClaimResult {
        table.withLock { $0.claim(claim, at: now) }
    }

    package func complete(
        _ claim: IdempotencyClaim, with answer: [UInt8], at now: Timestamp, in transaction: Transaction
    ) async throws {
        guard table.withLock({ $0.complete(claim, with: answer, at: now) }) else { throw ReservationLost() }
    }

    package func end(_ claim: IdempotencyClaim, committed: Bool) async {
        table.withLock { $0.end(claim, committed: committed) }
    }
}

struct IdempotencyTable {
    private struct Entry {
        enum State {
            case reserved(by: UUID)  // exits: prepared, given away when too old, removed
            case prepared([UInt8], by: UUID)  // its transaction has not committed yet. Exits: answered, removed
            case answered([UInt8])  // exits: removed when too old
        }
        var state: State
        let fingerprint: Fingerprint
        /// When a reservation is given away or an answer forgotten.
        var end: Timestamp

        /// An answer that is being committed is nobody else's, however long that takes.
        func isOver(at now: Timestamp) -> Bool {
            if case .prepared = state { false } else { end <= now }
        }

        var owner: UUID? {
            switch state {
            case .reserved(let owner), .prepared(_, let owner): owner
            case .answered: nil
            }
        }
    }

    private let limits: IdempotencyLimits
    private var entries: [IdempotencyClaim.Scope: Entry] = [:]
    private var sweepAt = 1_024

    init(limits: IdempotencyLimits) { self.limits = limits }

    var count: Int { entries.count }

    mutating func claim(_ claim: IdempotencyClaim, at now: Timestamp) -> ClaimResult {
        if let entry = entries[claim.scope], !entry.isOver(at: now) {
            guard entry.fingerprint == claim.fingerprint else { return .differs }
            if case .answered(let answer) = entry.state { return .answered(answer) }
            return .busy
        }
        sweep(at: now)
        entries[claim.scope] = Entry(
            state: .reserved(by: claim.owner), fingerprint: claim.fingerprint, end: now + limits.reservation)
        return .reserved
    }

    mutating func complete(_ claim: IdempotencyClaim, with answer: [UInt8], at now: Timestamp) -> Bool {
        guard entries[claim.scope]?.owner == claim.owner else { return false }
        entries[claim.scope]?.state = .prepared(answer, by: claim.owner)
        entries[claim.scope]?.end = now + limits.retention
        return true
    }

    mutating func end(_ claim: IdempotencyClaim, committed: Bool) {
        guard let entry = entries[claim.scope], entry.owner == claim.owner else { return }
        if committed, case .prepared(let answer, _) = entry.state {
            entries[claim.scope]?.state = .answered(answer)
        } else {
            entries[claim.scope] = nil
        }
    }

    /// Whenever the table has doubled, so that each entry pays for little more than one look.
    private mutating func sweep(at now: Timestamp) {
        guard entries.count >= sweepAt else { return }
        entries = entries.filter { !$0.value.isOver(at: now) }
        sweepAt = max(1_024, entries.count * 2)
    }
}
