internal import TradewindPersistence
internal import TradewindReactor

/// Looks whether the server is still there while a loop waits for it. A server that is only slow to answer one
/// statement answers others, or accepts another connection; one that does neither is taken for dead, long before TCP
/// would say so (docs/decisions/0022).
///
/// Safety: confined to its loop.
final class Lookout {
    private weak var pool: LoopPool?
    /// When the server last said something to this loop.
    var heard: Instant
    private var deadline: Deadline?
    private var isOnDuty = false
    private var isProbing = false

    private static let pace = Duration.milliseconds(100), patience = Duration.milliseconds(500)

    init(of pool: LoopPool) {
        (self.pool, heard) = (pool, pool.loop.now)
        deadline = pool.loop.deadline { [weak self] in self?.look() }
    }

    /// Something was sent, whose answer is to be watched for.
    func begin() {
        if isOnDuty { return }
        isOnDuty = true
        again()
    }

    private func again() {
        if let pool, let deadline { pool.loop.set(deadline, to: pool.loop.now + Self.pace) }
    }

    private func look() {
        guard let pool else { return }
        let now = pool.loop.now
        guard let oldest = pool.connections.map(\.since).min(), oldest != .distantFuture else {
            isOnDuty = false
            return
        }
        again()
        // The server ends a statement that takes too long. Two seconds later it is the server that takes too long.
        let limit = pool.settings.statementTimeout + .seconds(2)
        for connection in pool.connections where connection.since + limit <= now {
            connection.broke(.timeout)
        }
        for connection in pool.connections where connection.since + LoopPool.patience <= now {
            connection.partCompany()
        }
        let quietSince = max(oldest, heard)
        if quietSince + pool.settings.silence <= now, !isProbing { probe(pool) }
    }

    private func probe(_ pool: LoopPool) {
        isProbing = true
        let begun = pool.loop.now
        pool.begin(within: Self.patience) { [self] outcome in
            isProbing = false
            if case .silent = outcome, heard < begun { pool.serverIsSilent() } else { heard = pool.loop.now }
        }
    }
}
