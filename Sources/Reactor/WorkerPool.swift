internal import Glibc

/// Threads for C calls that block: password hashing, files, SQLite, name resolution. The queue is bounded, so that an
/// overload becomes an error the caller can answer with instead of a delay that nobody sees.
///
/// Safety: `@unchecked Sendable` because `state` is touched only while `mutex` is held.
@safe package final class WorkerPool: @unchecked Sendable {
    package struct Overloaded: Error {}

    private let threads: Int
    private let queueLimit: Int
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state = State()

    private struct State {
        var queue: [@Sendable () -> Void] = []
        var head = 0
        var started: [pthread_t] = []
        var idle = 0
        var isStopping = false
        var waiting: Int { queue.count - head }
    }

    /// Threads start when work first needs them.
    package init(threads: Int, queueLimit: Int) {
        (self.threads, self.queueLimit) = (threads, queueLimit)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `work` on a thread that may block; the caller's loop goes on meanwhile.
    package func run<Result: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Result, any Error>) in
            let accepted = submit {
                do { caller.resume(returning: try work()) } catch { caller.resume(throwing: error) }
            }
            if !accepted { caller.resume(throwing: Overloaded()) }
        }
    }

    /// Queues a job that nobody waits for. False when the queue is full.
    package func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        locked {
            guard !state.isStopping, state.waiting < queueLimit else { return false }
            state.queue.append(job)
            if state.idle < state.waiting, state.started.count < threads { startThread() }
            unsafe pthread_cond_signal(condition)
            return true
        }
    }

    private func startThread() {
        var thread = pthread_t()
        // Safety: the thread holds its own reference to the pool until it ends.
        let reference = unsafe Unmanaged.passRetained(self).toOpaque()
        let failure = unsafe pthread_create(
            &thread, nil,
            { reference in
                guard let reference = unsafe reference else { return nil }
                Signals.block()
                let pool = unsafe Unmanaged<WorkerPool>.fromOpaque(reference).takeRetainedValue()
                while let job = pool.next() { job() }
                return nil
            }, reference)
        if failure == 0 {
            state.started.append(thread)
        } else {
            unsafe Unmanaged<WorkerPool>.fromOpaque(reference).release()
            precondition(!state.started.isEmpty, "the system refuses a thread for blocking work: errno \(failure)")
        }
    }

    /// Waits for the next job; nil when the pool stops and nothing is queued.
    private func next() -> (() -> Void)? {
        locked {
            while state.waiting == 0 {
                if state.isStopping { return nil }
                state.idle += 1
                unsafe pthread_cond_wait(condition, mutex)
                state.idle -= 1
            }
            defer { compact() }
            state.head += 1
            return state.queue[state.head - 1]
        }
    }

    private func compact() {
        guard state.head == state.queue.count || state.head >= 256 else { return }
        state.queue.removeFirst(state.head)
        state.head = 0
    }

    /// Finishes what is queued, then ends the threads.
    package func shutDown() {
        let threads = locked {
            state.isStopping = true
            unsafe pthread_cond_broadcast(condition)
            return state.started
        }
        for thread in threads { pthread_join(thread, nil) }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }
}
