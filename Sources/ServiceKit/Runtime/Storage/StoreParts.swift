internal import TradewindDomain
internal import TradewindMessaging

/// The relay of an outbox as a part: what it is publishing when it has to stop is settled first.
struct RelayPart: Service {
    let name: String
    let relay: OutboxRelay
    let isMigrated: Latch

    func run(_ life: Life) async throws {
        life.started()
        try await withThrowingTaskGroup { group in
            group.addTask {
                await isMigrated.wait()
                if isMigrated.isOpen { try await relay.run() }
            }
            await life.stopRequested()
            relay.stop()
            if !isMigrated.isOpen { group.cancelAll() }
            try await group.waitForAll()
        }
    }
}

/// Does something now and then, while the database is there. What fails is tried again the next time.
struct Routine: Service {
    let name: String
    let interval: Duration
    let isMigrated: Latch
    let clockwork: Clockwork
    let report: @Sendable (String) -> Void
    let work: @Sendable () async throws -> Void

    func run(_ life: Life) async throws {
        life.started()
        try await life.untilStop {
            await isMigrated.wait()
            while !Task.isCancelled {
                do { try await work() } catch {
                    try Task.checkCancellation()
                    report("\(name) failed: \(error)")
                }
                try await clockwork.sleep(interval)
            }
        }
    }
}
