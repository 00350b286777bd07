internal import Glibc
internal import Synchronization
internal import TradewindPersistence
internal import TradewindReactor

/// Threads with a connection each, that do what tasks ask of them: one that writes, or several that read. SQLite
/// blocks, so none of it happens on a loop.
///
/// Safety: `@unchecked Sendable` because `machine` and `whenStopped` are touched only while `mutex` is held, and
/// `connections[n]` by the thread of member n only.
@safe final class Crew: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let conditions: UnsafeMutablePointer<pthread_cond_t>
    private let members: Int
    private var machine: CrewMachine<Call>
    private var whenStopped: (@Sendable () -> Void)?
    private let waitTimeout: Duration
    private let open: @Sendable () throws(DatabaseError) -> Connection
    /// Serves what is no lease: answers each of the calls.
    private let serve: @Sendable ([Call], Connection) -> Void
    private let connections: UnsafeMutablePointer<Connection?>

    init(
        members: Int, settings: SQLiteSettings, groupLimit: Int,
        open: @escaping @Sendable () throws(DatabaseError) -> Connection,
        serve: @escaping @Sendable ([Call], Connection) -> Void
    ) {
        machine = CrewMachine(members: members, waitingLimit: settings.waitingLimit, groupLimit: groupLimit)
        (waitTimeout, self.open, self.serve) = (settings.waitTimeout, open, serve)
        unsafe connections = .allocate(capacity: members)
        unsafe connections.initialize(repeating: nil, count: members)
        self.members = members
        unsafe conditions = .allocate(capacity: members)
        unsafe pthread_mutex_init(mutex, nil)
        for member in 0..<members { unsafe pthread_cond_init(condition(member), nil) }
    }

    deinit {
        for member in 0..<members { unsafe pthread_cond_destroy(condition(member)) }
        unsafe pthread_mutex_destroy(mutex)
        unsafe conditions.deallocate()
        unsafe connections.deinitialize(count: members)
        unsafe connections.deallocate()
        unsafe mutex.deallocate()
    }

    private func condition(_ member: Int) -> UnsafeMutablePointer<pthread_cond_t> {
        unsafe conditions + member
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    // MARK: For those who ask

    func ask(_ call: Call) async throws(DatabaseError) -> [Rows] {
        if Task.isCancelled { throw .cancelled }
        return try await call.wait {
            submit(call, wantsLease: false)
        } leave: { [self] in
            leave(call)
        }
    }

    func askOne(
        _ work: @escaping @Sendable (Connection) throws(DatabaseError) -> Rows
    ) async throws(DatabaseError) -> Rows {
        let call = Call(isOneStatement: true) { connection throws(DatabaseError) in [try work(connection)] }
        guard let rows = try await ask(call).first else { throw .connectionLost }
        return rows
    }

    /// Has `call` done by a member, which then serves the lease alone; when it fails, there is none.
    func lease(
        beginningWith call: @escaping Call.Work
    ) async throws(DatabaseError) -> (lease: Lease, answers: [Rows]) {
        if Task.isCancelled { throw .cancelled }
        let lease = Lease(of: self)
        let call = Call { connection throws(DatabaseError) in
            lease.isServed(by: connection.member)
            return try call(connection)
        }
        let answers = try await call.wait {
            submit(call, wantsLease: true)
        } leave: { [self] in
            leave(call)
        }
        return (lease, answers)
    }

    private func submit(_ call: Call, wantsLease: Bool) {
        let deadline = Instant.now() + waitTimeout
        let admission = locked {
            let admission = machine.submit(call, wantsLease: wantsLease, deadline: deadline)
            if case .call(let member) = admission { unsafe pthread_cond_signal(condition(member)) }
            return admission
        }
        switch admission {
        case .refused: call.fail(.poolExhausted)
        case .closed: call.fail(.unavailable("the database is closed"))
        case .start(let member): startThread(member)
        case .queued, .call: break
        }
    }

    /// A member that has a thread has a connection.
    var connectionCount: ConnectionCount {
        locked {
            let idle = machine.restingCount
            return ConnectionCount(idle: idle, busy: machine.present - idle, waiting: machine.waitingCount)
        }
    }

    func submit(_ call: Call, toLeased member: Int) {
        let isTaken = locked {
            unsafe pthread_cond_signal(condition(member))
            return machine.submit(call, toLeased: member)
        }
        if !isTaken { call.fail(.refused(sqlState: "25P01", message: nil)) }
    }

    func leave(_ call: Call) {
        if locked({ machine.leave(call) }) { call.fail(.cancelled) }
    }

    func endLease(_ member: Int) {
        let left = locked {
            unsafe pthread_cond_signal(condition(member))
            return machine.endLease(member)
        }
        for call in left { call.fail(.refused(sqlState: "25P01", message: nil)) }
    }

    /// Who has waited too long goes. Called by members that are at it for a while.
    func expireWaiting() {
        let now = Instant.now()
        for call in locked({ machine.expired(at: now) }) { call.fail(.poolExhausted) }
    }

    /// Refuses new work and ends the threads when they have finished theirs.
    func stop(_ whenDone: @escaping @Sendable () -> Void) {
        let (waiting, isDone) = locked {
            let (waiting, resting) = machine.stop()
            for member in resting { unsafe pthread_cond_signal(condition(member)) }
            if machine.present > 0 { whenStopped = whenDone }
            return (waiting, machine.present == 0)
        }
        for call in waiting { call.fail(.unavailable("the database is closed")) }
        if isDone { whenDone() }
    }

    // MARK: A member's thread

    private func startThread(_ member: Int) {
        var thread = pthread_t()
        // Safety: the thread holds its own reference to the crew until it ends.
        let reference = unsafe Unmanaged.passRetained(Start(crew: self, member: member)).toOpaque()
        let failure = unsafe pthread_create(
            &thread, nil,
            { reference in
                guard let reference = unsafe reference else { return nil }
                Signals.block()
                let start = unsafe Unmanaged<Start>.fromOpaque(reference).takeRetainedValue()
                start.crew.work(as: start.member)
                return nil
            }, reference)
        if failure == 0 {
            _ = pthread_detach(thread)
        } else {
            unsafe Unmanaged<Start>.fromOpaque(reference).release()
            precondition(failure == 0, "the system refuses a thread for SQLite: errno \(failure)")
        }
    }

    private final class Start {
        let crew: Crew, member: Int
        init(crew: Crew, member: Int) { (self.crew, self.member) = (crew, member) }
    }

    private func work(as member: Int) {
        while true {
            switch next(member) {
            case .group(let calls):
                withConnection(member, for: calls) { connection in serve(calls, connection) }
            case .lease(let call):
                withConnection(member, for: [call]) { connection in
                    if !perform(call, on: connection) { endLease(member) }
                }
            case .leased(let call):
                if let connection = unsafe connections[member] { _ = perform(call, on: connection) }
                if call.isLast { endLease(member) }
            case .rest: break
            case .stop: return close(member)
            }
        }
    }

    /// Waits where there is nothing to do.
    private func next(_ member: Int) -> CrewMachine<Call>.Step {
        let step = locked {
            let step = machine.next(member)
            switch step {
            case .rest(isLeased: false): unsafe pthread_cond_wait(condition(member), mutex)
            case .rest(isLeased: true): waitForAMoment(member)
            case .group, .lease, .leased, .stop: break
            }
            return step
        }
        if step == .rest(isLeased: true) { expireWaiting() }
        return step
    }

    private func waitForAMoment(_ member: Int) {
        let end = wallClock() + 50_000_000
        var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        _ = unsafe pthread_cond_timedwait(condition(member), mutex, &time)
    }

    private func perform(_ call: Call, on connection: Connection) -> Bool {
        do throws(DatabaseError) {
            try call.perform(on: connection)
            call.succeed()
            return true
        } catch {
            call.fail(error)
            return false
        }
    }

    /// A connection that broke is replaced when nobody is in the middle of something on it.
    private func withConnection(_ member: Int, for calls: [Call], _ body: (Connection) -> Void) {
        do throws(DatabaseError) {
            if let connection = unsafe connections[member], !connection.isBroken { return body(connection) }
            unsafe connections[member] = nil
            let connection = try open()
            connection.member = member
            connection.watch.onProgress = { [unowned self] in expireWaiting() }
            unsafe connections[member] = connection
            body(connection)
        } catch {
            endLease(member)
            for call in calls { call.fail(error) }
        }
    }

    private func close(_ member: Int) {
        unsafe connections[member] = nil
        let done = locked { machine.left(member) ? whenStopped : nil }
        done?()
    }
}

/// A member that serves nobody else.
final class Lease: Sendable {
    private let crew: Crew
    /// Set before the lease is handed out, and when it is over: from then on the member serves others.
    private let place = Atomic(0)
    private static let nowhere = -1
    private var member: Int { place.load(ordering: .acquiring) }

    fileprivate init(of crew: Crew) { self.crew = crew }

    fileprivate func isServed(by member: Int) { place.store(member, ordering: .releasing) }

    func ask(_ work: @escaping Call.Work) async throws(DatabaseError) -> [Rows] {
        if Task.isCancelled { throw .cancelled }
        let call = Call(work)
        return try await call.wait {
            crew.submit(call, toLeased: member)
        } leave: { [crew] in
            crew.leave(call)
        }
    }

    /// What must be done even for a task that is cancelled.
    func insist(_ work: @escaping Call.Work) async throws(DatabaseError) -> [Rows] {
        let call = Call(work)
        return try await call.waitRegardless { crew.submit(call, toLeased: member) }
    }

    /// The same, and then the lease is over.
    func finish(_ work: @escaping Call.Work) async throws(DatabaseError) -> [Rows] {
        let call = Call(isLast: true, work)
        let member = place.exchange(Self.nowhere, ordering: .acquiringAndReleasing)
        return try await call.waitRegardless { crew.submit(call, toLeased: member) }
    }

    var isOver: Bool { member == Self.nowhere }
}
