internal import TradewindPersistence
internal import TradewindReactor

/// The connections of one loop: does what its `PoolMachine` decides, keeps an eye on the server, and finds it again
/// when it was gone.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; callers reach it through tasks of the loop and
/// `EventLoop.execute` only.
@safe final class LoopPool: TurnEnd, @unchecked Sendable {
    let loop: EventLoop
    let settings: PostgresSettings
    let words: [(key: String, value: String)]
    let workers: WorkerPool
    // Unchecked exclusivity: the machine calls nobody while it changes.
    @safe @exclusivity(unchecked) private var machine: PoolMachine<Connection, Job>
    private(set) var connections: [Connection] = []
    private var openings: [ObjectIdentifier: Opening] = [:]
    private var backoff = Backoff()
    /// Why there is no connection, and since when.
    private var outage: (reason: String, since: Instant)?
    private var mayOpenAt = Instant(nanoseconds: 0)
    private var isShutDown = false
    private var waits: Deadline?
    private var retries: Deadline?
    private var lookout: Lookout?
    private var isWatching = false
    private var cancelling = 0
    @safe @exclusivity(unchecked) private var manners: Manners

    /// How long those who share a trip wait for each other.
    static let patience = Duration.milliseconds(100)

    init(_ loop: EventLoop, _ workers: WorkerPool, _ settings: PostgresSettings, connections: Int) {
        (self.loop, self.workers, self.settings) = (loop, workers, settings)
        machine = PoolMachine(.init(connections: connections, waiting: settings.waitingLimit))
        manners = Manners(capacity: 4 * settings.preparedStatements)
        words = [
            ("dbname", settings.connection), ("client_encoding", "UTF8"), ("fallback_application_name", "tradewind"),
            // Asking for Kerberos tickets would block, and TLS is what we have.
            ("gssencmode", "disable"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
        ]
        waits = loop.deadline { [weak self] in self?.dismissLate() }
        retries = loop.deadline { [weak self] in self?.reopen() }
        lookout = Lookout(of: self)
    }

    // MARK: Jobs

    func submit(_ job: Job) {
        if isShutDown { return job.finish(.unavailable("the pool is shut down")) }
        if let outage, loop.now - outage.since >= settings.waitTimeout {
            return job.finish(.unavailable(outage.reason))
        }
        let want = manners.want(of: job, now: loop.now)
        guard let ticket = machine.wait(job, for: want) else {
            return job.finish(outage.map { .unavailable($0.reason) } ?? .poolExhausted)
        }
        (job.state, job.since) = (.waiting(ticket: ticket), loop.now)
        loop.atEndOfTurn(self)
    }

    var connectionCount: ConnectionCount {
        let idle = machine.idleCount
        return ConnectionCount(idle: idle, busy: machine.openCount - idle, waiting: machine.waitingCount)
    }

    /// Connections are given out when all who came in this turn are there.
    func turnEnded() {
        while true {
            switch machine.next(mayOpen: loop.now >= mayOpenAt) {
            case .run(let jobs, let connection): connection.run(jobs)
            case .lease(let connection, let job):
                connection.isLeased = true
                job.finish(with: connection)
            case .open: open()
            case .nothing: return armWaits()
            }
        }
    }

    func cancel(_ job: Job) {
        switch job.state {
        case .new, .done: break
        case .waiting(let ticket): if machine.leave(ticket) { job.finish(.cancelled) }
        case .sent(let connection): connection.abandon(job)
        }
    }

    /// What became of a job that was alone: who took long, or failed, shall for a while not trouble others.
    func wasAlone(_ job: Job, since: Instant, hasFailed: Bool) {
        let isSlow = since + Self.patience < loop.now
        guard isSlow || hasFailed else { return }
        manners.keepAlone(job, until: loop.now + (isSlow ? .seconds(60) : .seconds(1)))
    }

    private func armWaits() {
        guard let waits, let oldest = machine.oldest else { return }
        loop.set(waits, to: oldest.waiter.since + settings.waitTimeout)
    }

    private func dismissLate() {
        while let (ticket, job) = machine.oldest, job.since + settings.waitTimeout <= loop.now {
            _ = machine.leave(ticket)
            job.finish(outage.map { .unavailable($0.reason) } ?? .poolExhausted)
        }
        armWaits()
    }

    // MARK: Connections

    /// A connection has nothing to do.
    func freed(_ connection: Connection) {
        if connection.role == .new {
            connection.role = .pooled
            backoff.succeeded()
            outage = nil
            machine.opened(connection)
        } else {
            // Somebody left a transaction open: closing it is the surest end.
            if connection.link.isInTransaction || isShutDown { return connection.broke() }
            machine.freed(connection)
        }
        loop.atEndOfTurn(self)
    }

    func release(_ connection: Connection) {
        connection.isLeased = false
        connection.proceed()
    }

    /// A connection is gone.
    func closed(_ connection: Connection) {
        connections.removeAll { $0 === connection }
        switch connection.role {
        case .foreign: return
        case .new: openingFailed("the server closed a new connection")
        case .pooled: machine.closed(connection)
        }
        loop.execute { [self] in loop.atEndOfTurn(self) }
    }

    private func open() {
        begin(within: settings.connectTimeout) { [self] outcome in
            switch outcome {
            case .open(let link): opened(link)
            case .refused(let reason): openingFailed(reason)
            case .silent: openingFailed("the server does not answer")
            }
        }
    }

    func begin(within limit: Duration, _ then: @escaping (Opening.Outcome) -> Void) {
        var key: ObjectIdentifier?
        let opening = Opening(words, on: loop, workers, within: limit) { [self] outcome in
            if let key { openings[key] = nil }
            then(outcome)
        }
        key = ObjectIdentifier(opening)
        openings[ObjectIdentifier(opening)] = opening
    }

    func adopt(_ link: Link) -> Connection? {
        guard let connection = try? Connection(link, in: self) else { return nil }
        connections.append(connection)
        return connection
    }

    private func opened(_ link: Link) {
        guard !isShutDown, link.enterPipeline(), let connection = adopt(link) else {
            return openingFailed("the connection cannot be set up")
        }
        connection.run([Job(.one(settings.sessionSettings))])
    }

    private func openingFailed(_ reason: String) {
        machine.openingFailed()
        if machine.openCount == 0, outage == nil { outage = (reason, loop.now) }
        outage?.reason = reason
        let pause = backoff.failed(chance: chance())
        mayOpenAt = loop.now + pause
        if let retries { loop.set(retries, to: mayOpenAt) }
    }

    /// A server that was lost is looked for whether somebody waits or not, so that the first to come finds it again.
    private func reopen() {
        if isShutDown { return }
        if outage != nil, machine.waitingCount == 0, machine.begin() { return open() }
        turnEnded()
    }

    // MARK: The server's health

    var heard: Instant {
        get { lookout?.heard ?? loop.now }
        set { lookout?.heard = newValue }
    }

    func watchOver() { lookout?.begin() }

    /// The server is there and does not move: nothing will come of what was sent.
    func serverIsSilent() {
        outage = ("the server does not answer", loop.now + (.zero - settings.waitTimeout))
        for connection in connections { connection.broke() }
        for job in machine.dismissAll() { job.finish(.unavailable("the server does not answer")) }
        if let retries { loop.set(retries, to: loop.now + backoff.failed(chance: chance())) }
    }

    /// PQcancel makes a connection and waits for its end, so a worker does it; not many at a time, for a server that is
    /// frozen would keep them all.
    func cancel(_ canceller: Canceller, then: @escaping () -> Void) {
        let done = Carried(then)
        guard cancelling < 2 else { return done.call() }
        cancelling += 1
        let isQueued = workers.submit { [self] in
            canceller.cancel()
            loop.execute {
                self.cancelling -= 1
                done.call()
            }
        }
        if !isQueued {
            cancelling -= 1
            done.call()
        }
    }

    func shutDown() {
        isShutDown = true
        for job in machine.dismissAll() { job.finish(.unavailable("the pool is shut down")) }
        for connection in machine.takeIdle() { connection.broke() }
        for opening in openings.values { opening.abandon() }
        openings = [:]
        for deadline in [waits, retries] { if let deadline { loop.set(deadline, to: .distantFuture) } }
    }

    var counts: (open: Int, idle: Int, waiting: Int) { (machine.openCount, machine.idleCount, machine.waitingCount) }
}

/// A closure of the loop on its way through a worker.
///
/// Safety: `@unchecked Sendable` because it is called on the loop only.
private final class Carried: @unchecked Sendable {
    let call: () -> Void
    init(_ call: @escaping () -> Void) { self.call = call }
}

func chance() -> UInt64 {
    var word: InlineArray<1, UInt64> = [0]
    var span = word.mutableSpan
    fillWithRandomness(&span)
    return word[0]
}

extension PostgresSettings {
    /// For each new connection. Times in text shall not depend on where the server stands.
    var sessionSettings: SQL {
        let limit = "\(statementTimeout.wholeNanoseconds / 1_000_000)"
        return "SELECT set_config('statement_timeout', \(limit), false), set_config('TimeZone', 'UTC', false)"
    }
}
