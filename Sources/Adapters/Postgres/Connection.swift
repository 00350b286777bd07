internal import CPostgres
internal import TradewindPersistence
internal import TradewindReactor

/// A connection that is open. It makes one round trip after the other, each with the statements of one job or of
/// several that may share, and a sync at its end: what stands between two syncs is done as a whole or not at all.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop.
@safe final class Connection: Equatable, @unchecked Sendable {
    enum Role {
        case new  // until its settings are made. exits: pooled
        case pooled
        case foreign  // not of the pool: it listens
    }

    /// A statement on the server, by its name there.
    final class Prepared {
        let name: String, key: Statement
        init(_ number: Int, _ key: Statement) { (name, self.key) = ("s\(number)", key) }
    }

    /// Something whose answer is still to come.
    private enum Slot {
        case prepare(Prepared)
        case forget(Prepared)
        case statement(Int)
    }

    let link: Link
    /// A circle, until the connection closes.
    let pool: LoopPool
    private var watch: DescriptorWatch?

    // Unchecked exclusivity: each access is to one field, within one synchronous call on the loop.
    @safe @exclusivity(unchecked) private(set) var jobs: [Job] = []
    @safe @exclusivity(unchecked) private var slots: [Slot] = []
    @safe @exclusivity(unchecked) private var nextSlot = 0
    @safe @exclusivity(unchecked) private var failure: PostgresFailure?
    @safe @exclusivity(unchecked) private var cache: StatementCache<Statement, Prepared>
    @safe @exclusivity(unchecked) private var forgotten: [Prepared] = []
    @safe @exclusivity(unchecked) private var prepared = 0
    /// Since when the server owes an answer.
    @safe @exclusivity(unchecked) private(set) var since = Instant.distantFuture
    @safe @exclusivity(unchecked) private(set) var isWriting = false
    /// Of a job that leased the connection: they go one after the other.
    @safe @exclusivity(unchecked) private var backlog: [Job] = []
    @safe @exclusivity(unchecked) var isLeased = false
    @safe @exclusivity(unchecked) var role = Role.new
    @safe @exclusivity(unchecked) private(set) var isCancelling = false
    @safe @exclusivity(unchecked) private(set) var isClosed = false
    /// Outside of the pipeline somebody reads for himself: told when something has come, or everything has left.
    @safe @exclusivity(unchecked) var onInput: (() -> Void)?

    init(_ link: Link, in pool: LoopPool) throws(SystemError) {
        (self.link, self.pool) = (link, pool)
        cache = StatementCache(capacity: pool.settings.preparedStatements)
        watch = try DescriptorWatch(link.socket, on: pool.loop) { [weak self] in self?.ready($0) }
        try watch?.set(reading: true, writing: false)
    }

    static func == (one: Connection, other: Connection) -> Bool { one === other }

    var isBusy: Bool { !jobs.isEmpty || isCancelling }

    // MARK: A trip

    /// Sends the jobs and a sync behind them.
    func run(_ jobs: [Job]) {
        self.jobs = jobs
        (nextSlot, failure, since) = (0, nil, pool.loop.now)
        slots.removeAll(keepingCapacity: true)
        for (index, job) in jobs.enumerated() {
            job.begin(on: self)
            guard send(job, index) else { return }
        }
        // libpq 15 flushes with each sync.
        guard link.sync() else { return broke() }
        flush()
        pool.watchOver()
    }

    private func send(_ job: Job, _ index: Int) -> Bool {
        do throws(DatabaseError) {
            switch job.work {
            case .one(let sql): try send(sql, index)
            case .many(let statements): for sql in statements { try send(sql, index) }
            case .lease: break
            }
            return true
        } catch .connectionLost {
            broke()
            return false
        } catch {
            // A value that cannot be sent. What stands before it must not take effect, so the server is told to fail.
            job.finish(error)
            slots.append(.statement(index))
            guard link.execute("SELECT 1/0") else {
                broke()
                return false
            }
            return true
        }
    }

    private func send(_ sql: SQL, _ index: Int) throws(DatabaseError) {
        try link.fill(sql.values)
        let statement = try prepared(sql.statement)
        slots.append(.statement(index))
        guard link.execute(prepared: statement.name) else { throw .connectionLost }
    }

    private func prepared(_ key: Statement) throws(DatabaseError) -> Prepared {
        if let known = cache.use(key) { return known }
        prepared += 1
        let new = Prepared(prepared, key)
        if let evicted = cache.add(new, for: key) { forgotten.append(evicted) }
        for old in forgotten {
            slots.append(.forget(old))
            guard link.execute("DEALLOCATE \(old.name)") else { throw .connectionLost }
        }
        forgotten.removeAll()
        slots.append(.prepare(new))
        guard link.prepare(new.name, key) else { throw .connectionLost }
        return new
    }

    /// The rest of what libpq has to send goes when the socket takes more.
    func flush() {
        switch link.flush() {
        case .all: if isWriting { setWriting(false) }
        case .partly: if !isWriting { setWriting(true) }
        case .broken: broke()
        }
    }

    private func setWriting(_ writing: Bool) {
        isWriting = writing
        do { try watch?.set(reading: true, writing: writing) } catch { broke() }
    }

    /// Who is slow to take rows stops reading, so that the server is slow to send them.
    func setReading(_ reading: Bool) {
        do { try watch?.set(reading: reading, writing: isWriting) } catch { broke() }
    }

    // MARK: Answers

    private func ready(_ events: DescriptorWatch.Events) {
        if events.contains(.writable) {
            flush()
            if !isWriting { onInput?() }
            if isClosed || events == .writable { return }
        }
        pool.heard = pool.loop.now
        guard link.receive() else { return drainAndBreak() }
        if let onInput { onInput() } else { drain() }
    }

    private func drain() {
        while !jobs.isEmpty {
            switch link.next() {
            case .wait: return
            case .end: if link.isBroken { return broke() } else { nextSlot += 1 }
            case .answer(let rows): took(rows)
            case .failed(let error): if failed(error) { return }
            case .skipped: skipped()
            case .synced: tripIsOver()
            case .copyIn: return broke()  // COPY goes its own way
            }
        }
        if isClosed || isBusy { return }
        // Nothing is asked, so the server says good-bye, or a notice that libpq keeps.
        if link.isBroken { broke() }
    }

    private func took(_ rows: Rows) {
        if nextSlot < slots.count, case .statement(let index) = slots[nextSlot] { jobs[index].took(rows) }
    }

    private func skipped() {
        guard nextSlot < slots.count else { return }
        switch slots[nextSlot] {
        case .prepare(let it): cache.remove(it.key)
        case .forget(let it): forgotten.append(it)
        case .statement: break
        }
    }

    /// True when the connection is gone with it.
    private func failed(_ error: PostgresFailure) -> Bool {
        if failure == nil {
            if nextSlot < slots.count, case .prepare(let it) = slots[nextSlot] { cache.remove(it.key) }
            failure = error
        }
        if link.isBroken {
            broke(error.error)
            return true
        }
        return false
    }

    private func tripIsOver() {
        let jobs = jobs, failure = failure
        if jobs.count == 1 { pool.wasAlone(jobs[0], since: since, hasFailed: failure != nil) }
        self.jobs = []
        since = .distantFuture
        if let failure {
            fail(jobs, failure)
        } else {
            for job in jobs { job.finish() }
        }
        proceed()
    }

    /// All of it was undone. One that was alone has its error; of several each tries alone, for the others must not
    /// fail for the mistake of one.
    private func fail(_ jobs: [Job], _ error: PostgresFailure) {
        if error.isStalePlan {
            for job in jobs { forget(job) }
        }
        for job in jobs {
            let again = jobs.count > 1 || error.isStalePlan && !isLeased && !job.wasStale
            guard again, !job.isDone else {
                job.finish(error.error)
                continue
            }
            job.wasStale = job.wasStale || error.isStalePlan
            job.isAlone = true
            pool.submit(job)
        }
    }

    private func forget(_ job: Job) {
        switch job.work {
        case .one(let sql): cache.remove(sql.statement)
        case .many(let statements): for sql in statements { cache.remove(sql.statement) }
        case .lease: break
        }
    }

    /// Ready for the next trip: of whoever leased the connection, else of anybody.
    func proceed() {
        guard !isBusy, !isClosed else { return }
        if isLeased {
            if !backlog.isEmpty { run([backlog.removeFirst()]) }
        } else {
            pool.freed(self)
        }
    }

    // MARK: For whoever leased it

    /// Outside of the pipeline it is the user who knows whether the server is to answer.
    func expectsAnswer(_ expects: Bool) {
        since = expects ? pool.loop.now : .distantFuture
        if expects { pool.watchOver() }
    }

    func enqueue(_ job: Job) {
        if isClosed { return job.finish(.connectionLost) }
        if isBusy {
            job.state = .sent(self)
            backlog.append(job)
        } else {
            run([job])
        }
    }

    // MARK: Cancellation and the end

    /// The caller of a job that is under way has left. If nobody else is in the trip, the server may stop.
    func abandon(_ job: Job) {
        if let index = backlog.firstIndex(where: { $0 === job }) { backlog.remove(at: index) }
        job.finish(.cancelled)
        if !jobs.isEmpty, jobs.allSatisfy(\.isDone) { cancel() }
    }

    /// One of those who share a trip keeps the others waiting. The server is to stop, and each tries alone.
    func partCompany() {
        if jobs.count > 1 { cancel() }
    }

    func cancel() {
        guard !isCancelling, !isClosed else { return }
        guard let canceller = link.canceller() else { return broke() }
        isCancelling = true
        pool.cancel(canceller) { [self] in
            isCancelling = false
            if jobs.isEmpty { proceed() }
        }
    }

    /// The last words of a server that closes may explain why.
    private func drainAndBreak() {
        if onInput == nil { drain() }
        broke()
    }

    func broke(_ reason: DatabaseError = .connectionLost) {
        if isClosed { return }
        close()
        let jobs = jobs + backlog
        (self.jobs, backlog) = ([], [])
        for job in jobs { job.finish(reason) }
        pool.closed(self)
        onInput?()
    }

    func close() {
        isClosed = true
        watch?.stop()
        watch = nil
    }
}
