import Testing
import TradewindCQRS
import TradewindLocks
import TradewindSecurity

/// Threads that a test lets work when it likes.
private final class Threads: Sendable {
    private let jobs = Lock<[@Sendable () -> Void]>([])
    private let room: Int

    init(room: Int = .max) { self.room = room }

    var count: Int { jobs.withLock { $0.count } }

    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        jobs.withLock { jobs in
            guard jobs.count < room else { return false }
            jobs.append(job)
            return true
        }
    }

    func work() {
        let jobs = jobs.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
        for job in jobs { job() }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The queue for hashing` {
    private let threads = Threads()

    private func hasher(_ threads: Threads, atOnce: Int = 1, places: Int = 2) -> PasswordHasher {
        PasswordHasher(cost: 4, threads: atOnce, places: places, chance: .counting(), submit: threads.submit)
    }

    /// Starts callers one after the other, each only when the one before is in the queue.
    private func call(_ hasher: PasswordHasher, waiting: Int) async -> Task<PasswordHasher.Verdict, any Error> {
        let task = Task { try await hasher.check("x", against: nil) }
        while hasher.waiting < waiting { await Task.yield() }
        return task
    }

    @Test func `has a thread do all that waits`() async throws {
        let hasher = hasher(threads)
        let first = await call(hasher, waiting: 1), second = await call(hasher, waiting: 2)
        #expect(threads.count == 1)
        threads.work()
        #expect(try await [first.value, second.value] == [.wrong, .wrong])
        #expect(hasher.waiting == 0)
        let third = await call(hasher, waiting: 1)
        threads.work()
        #expect(try await third.value == .wrong)
    }

    @Test func `refuses at once when it is full`() async throws {
        let hasher = hasher(threads)
        let waiting = [await call(hasher, waiting: 1), await call(hasher, waiting: 2)]
        await #expect(throws: PasswordHasher.overloaded) { try await hasher.check("x", against: nil) }
        threads.work()
        for task in waiting { _ = try await task.value }
    }

    @Test func `frees the place of who gives up`() async throws {
        let hasher = hasher(threads)
        let first = await call(hasher, waiting: 1), second = await call(hasher, waiting: 2)
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(hasher.waiting == 1)
        let third = await call(hasher, waiting: 2)
        threads.work()
        #expect(try await [first.value, third.value] == [.wrong, .wrong])
    }

    @Test func `has nothing done for who had given up before`() async throws {
        let hasher = hasher(threads)
        let task = Task {
            unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            return try await hasher.check("x", against: nil)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(threads.count == 0)
    }

    @Test func `goes on when all who waited have given up`() async throws {
        let hasher = hasher(threads)
        let gone = await call(hasher, waiting: 1)
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        let next = await call(hasher, waiting: 1)
        threads.work()
        #expect(try await next.value == .wrong)
    }

    @Test func `says so when the pool has no thread for it`() async throws {
        let full = Threads(room: 0)
        let hasher = hasher(full)
        await #expect(throws: PasswordHasher.overloaded) { try await hasher.check("x", against: nil) }
        await #expect(throws: PasswordHasher.overloaded) { try await hasher.check("x", against: nil) }
        #expect(hasher.waiting == 0)
    }

    @Test func `leaves to a thread at work what another has no room for`() async throws {
        let threads = Threads(room: 1)
        let hasher = hasher(threads, atOnce: 2)
        let first = await call(hasher, waiting: 1), second = await call(hasher, waiting: 2)
        threads.work()
        #expect(try await [first.value, second.value] == [.wrong, .wrong])
    }

    @Test func `hashes for nobody as for somebody`() async throws {
        let counted = Lock(0)
        let hasher = PasswordHasher(cost: 4, chance: .counting()) { job in
            counted.withLock { $0 += 1 }
            job()
            return true
        }
        let hash = try await hasher.hash(try Password("x"))
        #expect(try await hasher.check("x", against: nil) == .wrong)
        #expect(try await hasher.check("x", against: hash) == .right)
        #expect(counted.withLock { $0 } == 3)
    }
}
