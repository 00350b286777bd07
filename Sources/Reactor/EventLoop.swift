internal import CLinux
internal import Glibc
internal import Synchronization
internal import TradewindLocks

/// One thread, one epoll descriptor, and the Swift tasks that prefer it: `Task(executorPreference: loop) { … }`.
///
/// Everything a connection touches belongs to its loop and is touched by the loop's thread only, so that a request is
/// served without a lock or a thread hop. What comes from other threads is queued and announced through an eventfd.
///
/// Safety: `@unchecked Sendable` because the confined state is reached only after `isCurrent` holds: tasks and
/// callbacks run on the thread, and `enqueue` and `execute` from elsewhere go through the locked inbox.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    package let index: Int

    private let inbox = Lock<Inbox>(Inbox())
    private let wakeUp: WakeUp
    // Unchecked exclusivity: nothing that is called during an access comes back to the same field.
    @safe @exclusivity(unchecked) private var poller: Poller
    @safe @exclusivity(unchecked) private var timers = Timers()
    @safe @exclusivity(unchecked) private var jobs: [UnownedJob] = []
    @safe @exclusivity(unchecked) private var running: [UnownedJob] = []
    @safe @exclusivity(unchecked) private var turnEnds: [any TurnEnd] = []
    @safe @exclusivity(unchecked) private var ending: [any TurnEnd] = []
    private var thread = pthread_t()

    @safe @exclusivity(unchecked) private var turnBegan = Instant.now()
    @safe @exclusivity(unchecked) private var jobsBegun: UInt = 0
    /// How long turns kept later events waiting.
    package let turnTimes = TurnTimes()
    package let buffers = BufferPool()

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isAnnounced = false
        var isStopping = false
    }

    init(index: Int) throws(SystemError) {
        self.index = index
        wakeUp = try WakeUp()
        poller = try Poller()
        _ = try poller.add(wakeUp.descriptor.raw, for: EPOLLIN.rawValue | EPOLLET.rawValue, wakeUp)
    }

    /// When this turn of the loop began.
    package var now: Instant { turnBegan }
    /// Another number for each job: the same before and after a call says that the call did not suspend.
    package var job: UInt { jobsBegun }

    // MARK: Work from tasks and other threads

    package var isCurrent: Bool { unsafe tw_current_loop() == Unmanaged.passUnretained(self).toOpaque() }

    /// The loop whose thread this is.
    package static var current: EventLoop? {
        guard let loop = unsafe tw_current_loop() else { return nil }
        return unsafe Unmanaged<EventLoop>.fromOpaque(loop).takeUnretainedValue()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
        } else {
            post { $0.jobs.append(job) }
        }
    }

    /// Calls `body` on the loop's thread: at once when already there, else in its next turn.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { post { $0.calls.append(body) } }
    }

    private func post(_ add: (inout Inbox) -> Void) {
        let mustAnnounce = inbox.withLock { inbox in
            add(&inbox)
            defer { inbox.isAnnounced = true }
            return !inbox.isAnnounced
        }
        if mustAnnounce { wakeUp.signal() }
    }

    // MARK: The turn

    func start() {
        // Safety: the thread holds its own reference to the loop until `run` returns.
        let reference = unsafe Unmanaged.passRetained(self).toOpaque()
        let failure = unsafe pthread_create(
            &thread, nil,
            { reference in
                guard let reference = unsafe reference else { return nil }
                let loop = unsafe Unmanaged<EventLoop>.fromOpaque(reference).takeRetainedValue()
                Signals.block()
                unsafe tw_set_current_loop(reference)
                loop.run()
                tw_set_current_loop(nil)
                return nil
            }, reference)
        precondition(failure == 0, "the system refuses a thread for an event loop: errno \(failure)")
    }

    /// Ends the loop after the work that is already queued, and waits for its thread.
    func stop() {
        post { $0.isStopping = true }
        pthread_join(thread, nil)
    }

    private func run() {
        tw_set_exact_timers()
        while true {
            let count = poller.wait(milliseconds: patience())
            turnBegan = Instant.now()
            for index in 0..<count {
                guard let event = poller.event(at: index) else { continue }
                event.watcher.ready(event.readiness)
            }
            if wakeUp.wasSignalled { if takeInbox() { return } }
            while let deadline = timers.popPassed(now: now) { deadline.fire() }
            runJobs()
            endTurn()
            turnTimes.add(Instant.now().nanoseconds - now.nanoseconds)
            rest(after: count)
        }
    }

    /// How long the kernel may keep the thread asleep.
    private func patience() -> CInt {
        guard jobs.isEmpty else { return 0 }
        guard let next = timers.next else { return -1 }
        let nanoseconds = next.nanoseconds - Instant.now().nanoseconds
        return nanoseconds <= 0 ? 0 : CInt(min(nanoseconds / 1_000_000 + 1, 60_000))
    }

    /// Runs what is queued, and what that queues, for a few rounds: then the sockets come first, so no task starves
    /// them.
    private func runJobs() {
        for _ in 0..<8 {
            if jobs.isEmpty { return }
            swap(&jobs, &running)
            for job in running {
                jobsBegun &+= 1
                unsafe job.runSynchronously(on: asUnownedTaskExecutor())
                if turnEnds.count >= Self.answersTogether { endTurn() }
            }
            running.removeAll(keepingCapacity: true)
        }
    }

    /// Answers leave together, but none waits for the work of more than a few others.
    package static let answersTogether = 16

    private func endTurn() {
        // One that ends its turn may ask for another end.
        while !turnEnds.isEmpty {
            swap(&turnEnds, &ending)
            for next in ending { next.turnEnded() }
            ending.removeAll(keepingCapacity: true)
        }
    }

    /// A loop with several connections at work leaves its sockets alone for a moment, some 15 µs, so that the next look
    /// finds more of them ready. Without it the kernel's queue of ready sockets is fought over by this thread and by
    /// those that fill it, which costs both more than the moment does (docs/decisions/0005). A loop with little to do
    /// looks again at once, and one with more than it can do has no moment to spare.
    private func rest(after count: Int) {
        guard count >= 4, count < 32, jobs.isEmpty else { return }
        var moment = timespec(tv_sec: 0, tv_nsec: 1_000)
        unsafe clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, nil)
    }

    private func takeInbox() -> Bool {
        wakeUp.reset()
        let taken = inbox.withLock { inbox in
            defer { (inbox.jobs, inbox.calls, inbox.isAnnounced) = ([], [], false) }
            return inbox
        }
        jobs.append(contentsOf: taken.jobs)
        for call in taken.calls { call() }
        return taken.isStopping
    }

    // MARK: For sockets, timers and foreign descriptors: on the loop's thread only

    func add(_ descriptor: CInt, for interests: UInt32, _ watcher: any Watcher) throws(SystemError) -> Poller.Token {
        precondition(isCurrent)
        return try poller.add(descriptor, for: interests, watcher)
    }

    func change(_ descriptor: CInt, to interests: UInt32, _ token: Poller.Token) throws(SystemError) {
        precondition(isCurrent)
        try poller.change(descriptor, to: interests, token)
    }

    func remove(_ descriptor: CInt, _ token: Poller.Token) {
        precondition(isCurrent)
        poller.remove(descriptor, token)
    }

    /// Frees the registration of a descriptor that was closed already.
    func forget(_ token: Poller.Token) {
        precondition(isCurrent)
        poller.forget(token)
    }

    /// Calls `turnEnded` once the jobs of this turn have run, before the loop waits again.
    package func atEndOfTurn(_ action: any TurnEnd) {
        precondition(isCurrent)
        if turnEnds.last !== action { turnEnds.append(action) }
    }

    /// A deadline of this loop. It never fires until `set`.
    package func deadline(_ action: @escaping () -> Void) -> Deadline { Deadline(action: action) }

    package func set(_ deadline: Deadline, to instant: Instant) {
        precondition(isCurrent)
        timers.set(deadline, to: instant, now: now)
    }
}

/// Something that collects work during a turn and does it once at the turn's end. Told at least once for each asking.
package protocol TurnEnd: AnyObject {
    func turnEnded()
}

/// The eventfd through which other threads wake a loop.
private final class WakeUp: Watcher, Sendable {
    let descriptor: Descriptor
    private let signalled = Atomic<Bool>(false)

    init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try syscall("eventfd") { eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC)) })
    }

    var wasSignalled: Bool { signalled.load(ordering: .relaxed) }

    func signal() { _ = eventfd_write(descriptor.raw, 1) }

    func reset() { signalled.store(false, ordering: .relaxed) }

    /// Edge-triggered, so the counter is never read: each write is a new edge.
    func ready(_ readiness: Readiness) { signalled.store(true, ordering: .relaxed) }
}
