package import TradewindDomain
internal import TradewindLocks
package import TradewindPersistence

/// Publishes what is committed, in order per key, and forgets what the broker has acknowledged. Rung by each commit; it
/// also looks by itself now and then, for what a dead instance has left.
///
/// Of several instances on one PostgreSQL one publishes at a time: it holds a row lock for as long as a batch takes, so
/// when it dies another goes on at once. An SQLite file belongs to one process.
package struct OutboxRelay: Sendable {
    package struct Settings: Sendable {
        /// Events of one round.
        package var batch = 1_000
        /// How often it looks without having been rung.
        package var interval = Duration.seconds(1)
        /// Events that the publisher may have in hand at a time.
        package var inHand = 5_000
        package init() {}
    }

    private let database: any Database
    private let publisher: any Publisher
    private let clockwork: Clockwork
    private let settings: Settings
    private let report: @Sendable (String) -> Void
    private let late = LateAnswers()
    package let bell = Bell()
    private let end = End()

    /// - Parameter report: told why nothing can be published, each time in a few words.
    package init(
        _ database: any Database, to publisher: any Publisher, clockwork: Clockwork, settings: Settings = Settings(),
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.database, self.publisher, self.clockwork) = (database, publisher, clockwork)
        (self.settings, self.report) = (settings, report)
    }

    /// Until `stop` or the task is cancelled, which may have events sent again that a publisher is about to send.
    package func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                while true {
                    try await clockwork.sleep(settings.interval)
                    bell.ring()
                }
            }
            group.addTask { try await work() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// What is on its way is settled first.
    package func stop() {
        end.begin()
        bell.ring()
    }

    private func work() async throws {
        var machine = RelayMachine()
        while !end.hasBegun {
            do {
                while try await round(&machine), !end.hasBegun {}
            } catch {
                try Task.checkCancellation()
                machine.failed()
                report("the outbox cannot be read: \(error)")
            }
            if let pause = machine.rest { try await rest(pause) } else { await bell.heard() }
            try Task.checkCancellation()
        }
    }

    /// Commits ring in vain meanwhile; only the end is heard.
    private func rest(_ pause: Duration) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await clockwork.sleep(pause) }
            group.addTask { await end.bell.heard() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Publishes one batch. Whether there may be more to do at once.
    private func round(_ machine: inout RelayMachine) async throws -> Bool {
        guard database.dialect == .postgres else { return try await publish(&machine, in: database) }
        return try await database.transaction { transaction in
            // Whoever holds this row publishes; the others have nothing to do.
            let claim = try await transaction.query(
                "SELECT one FROM outbox_relay WHERE one = 1 FOR UPDATE SKIP LOCKED")
            return claim.isEmpty ? false : try await publish(&machine, in: transaction)
        }
    }

    private func publish(_ machine: inout RelayMachine, in session: any Session) async throws -> Bool {
        try await record(machine.settle(late: late.take(), at: clockwork.now()), in: session)
        let (rows, isAll) = try await next(&machine, in: session)
        guard !rows.isEmpty else {
            machine.succeeded()
            return false
        }
        let results = await publisher.publish(rows.map(\.event)) { [late, bell] index in
            late.add(rows[index].position)
            bell.ring()
        }
        let settlement = machine.settle(rows, results, at: clockwork.now())
        if let outage = settlement.outage { report("events cannot be published: \(outage)") }
        try await record(settlement, in: session)
        return !isAll && settlement.outage == nil
    }

    /// The next rows that may be sent, and whether these are all there are. Pages past those of keys that are held up;
    /// all pages are judged by one moment, or a key could be held on the first and free on the second.
    private func next(
        _ machine: inout RelayMachine, in session: any Session
    ) async throws -> (rows: [RelayMachine.Row], isAll: Bool) {
        var chosen: [RelayMachine.Row] = []
        // What the publisher still has is no longer ours to send; it rings when it gives something back.
        let wanted = min(settings.batch, settings.inHand - machine.inHandCount)
        guard wanted > 0 else { return ([], true) }
        // SQLite has one writer.
        var last = machine.lookOn(isInOrder: database.dialect == .sqlite)
        let (now, inHand) = (clockwork.now(), machine.inHand(behind: last))
        while chosen.count < wanted {
            let others: SQL = inHand.isEmpty ? "" : "AND NOT position = ANY (\(inHand))"
            let page = try await session.query(
                """
                SELECT position, id, topic, key, body, attempts FROM outbox WHERE position > \(last) \(others)
                ORDER BY position LIMIT \(wanted - chosen.count)
                """
            ).decode(RelayMachine.Row.self)
            guard let end = page.last?.position else { return (chosen, true) }
            let isLastPage = page.count < wanted - chosen.count
            chosen += machine.choose(from: page, at: now)
            if isLastPage { return (chosen, true) }
            last = end
        }
        return (chosen, wanted < settings.batch)
    }

    private func record(_ settlement: RelayMachine.Settlement, in session: any Session) async throws {
        var statements: [SQL] = settlement.refused.map { refused in
            """
            UPDATE outbox SET attempts = attempts + 1, failure = \(refused.reason) WHERE position = \(refused.position)
            """
        }
        if !settlement.done.isEmpty {
            statements.append("DELETE FROM outbox WHERE position = ANY (\(settlement.done))")
        }
        if !statements.isEmpty { _ = try await session.batch(statements) }
    }
}

extension RelayMachine.Row: RowReadable {
    package init(_ row: TradewindPersistence.Row) throws {
        position = try row.decode(0)
        event = Envelope(
            id: try row.decode(1), topic: EventName(try row.decode(2)), key: try row.decode(3),
            body: try row.decode(4))
        refusals = try row.decode(5)
    }
}

/// Whether a relay is to stop, and the bell that tells it while it rests.
private final class End: Sendable {
    let bell = Bell()
    private let flag = Lock(false)

    var hasBegun: Bool { flag.withLock(\.self) }

    func begin() {
        flag.withLock { $0 = true }
        bell.ring()
    }
}

/// What the publisher acknowledges after its `publish` has returned, from any thread.
private final class LateAnswers: Sendable {
    private let positions = Lock<[Int64]>([])

    func add(_ position: Int64) { positions.withLock { $0.append(position) } }

    func take() -> [Int64] {
        positions.withLock { positions in
            defer { positions = [] }
            return positions
        }
    }
}
