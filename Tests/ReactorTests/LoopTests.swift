import Glibc
import Synchronization
import Testing
import TradewindLocks
import TradewindReactor

@Suite struct `An event loop` {
    @Test func `runs the tasks that prefer it on its own thread, across suspensions`() async throws {
        let threads = try await onLoop { loop in
            var threads = [pthread_self()]
            try await loop.sleep(for: .milliseconds(1))
            threads.append(pthread_self())
            await Task.yield()
            threads.append(pthread_self())
            return threads.map { $0 == threads[0] && loop.isCurrent }
        }
        #expect(threads == [true, true, true])
    }

    @Test func `takes calls from other threads in their order`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutDown() }
        let seen = Lock<[Int]>([])
        await withCheckedContinuation { done in
            for number in 0..<1000 {
                group.loops[0].execute {
                    seen.withLock { $0.append(number) }
                    if number == 999 { done.resume() }
                }
            }
        }
        #expect(seen.withLock { $0 } == Array(0..<1000))
    }

    @Test func `a sleeper that is cancelled wakes at once`() async throws {
        let outcome = try await onLoop { loop in
            let sleeper = Task(executorPreference: loop) { try await loop.sleep(for: .seconds(3600)) }
            await Task.yield()
            sleeper.cancel()
            return await sleeper.result
        }
        #expect(throws: CancellationError.self) { try outcome.get() }
    }

    @Test func `sleepers wake in the order of their moments`() async throws {
        let order = try await onLoop { loop in
            await withTaskGroup(of: Int.self) { group in
                for delay in [9, 1, 5] {
                    group.addTask {
                        try? await loop.sleep(for: .milliseconds(delay * 4))
                        return delay
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(order == [1, 5, 9])
    }

    @Test func `a descriptor of somebody else's is announced again until it is read`() async throws {
        let seen = try await onLoop { loop in
            var ends: (CInt, CInt) = (0, 0)
            unsafe withUnsafeMutableBytes(of: &ends) { _ = unsafe pipe($0.bindMemory(to: CInt.self).baseAddress) }
            let (reading, writing) = ends
            defer {
                close(reading)
                close(writing)
            }
            unsafe _ = write(writing, "ab", 2)
            let bytes = Lock<[UInt8]>([])
            return await withCheckedContinuation { (done: CheckedContinuation<[UInt8], Never>) in
                let holder = WatchHolder()
                holder.watch = try? DescriptorWatch(reading, on: loop) { events in
                    guard events.contains(.readable) else { return }
                    var byte: UInt8 = 0
                    unsafe _ = read(reading, &byte, 1)
                    let all = bytes.withLock {
                        $0.append(byte)
                        return $0
                    }
                    guard all.count == 2 else { return }
                    holder.watch?.stop()
                    done.resume(returning: all)
                }
                try? holder.watch?.set(reading: true, writing: false)
            }
        }
        #expect(seen == Array("ab".utf8))
    }

    private final class WatchHolder { var watch: DescriptorWatch? }
}

@Suite struct `The worker pool` {
    @Test func `runs blocking work off the loop and brings the answer back to it`() async throws {
        let isBack = try await onLoop { loop in
            let pool = WorkerPool(threads: 2, queueLimit: 10)
            defer { pool.shutDown() }
            let wasOnLoop = try await pool.run { loop.isCurrent }
            return !wasOnLoop && loop.isCurrent
        }
        #expect(isBack)
    }

    @Test func `refuses work beyond its queue instead of letting it wait unseen`() async throws {
        let pool = WorkerPool(threads: 1, queueLimit: 1)
        defer { pool.shutDown() }
        let gate = Gate()
        async let held: Void = pool.run { gate.pass() }
        while !gate.isReached { await Task.yield() }
        // The one worker is busy and the queue has one place: of two more, one is refused.
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 { group.addTask { (try? await pool.run {}) != nil } }
            let first = await group.next()
            gate.open()
            return await [first, group.next()]
        }
        try await held
        #expect(outcomes == [false, true])
    }

    @Test func `an error of the work is the caller's error`() async throws {
        let pool = WorkerPool(threads: 1, queueLimit: 4)
        defer { pool.shutDown() }
        await #expect(throws: SystemError("open", code: ENOENT)) {
            try await pool.run { () throws(SystemError) in throw SystemError("open", code: ENOENT) }
        }
    }
}

@Suite struct `The end of a turn` {
    @Test func `comes again for who asks again`() async throws {
        let ends = try await onLoop { loop in
            let patient = Patient(asks: 3)
            loop.atEndOfTurn(patient)
            try await loop.sleep(for: .milliseconds(1))
            return patient.ends
        }
        #expect(ends == 4)
    }

    private final class Patient: TurnEnd {
        private var asks: Int
        private(set) var ends = 0
        init(asks: Int) { self.asks = asks }

        func turnEnded() {
            ends += 1
            guard asks > 0 else { return }
            asks -= 1
            EventLoop.current?.atEndOfTurn(self)
        }
    }
}

/// Holds a worker thread until opened.
private final class Gate: Sendable {
    private let reached = Atomic(false)
    private let opened = Atomic(false)
    var isReached: Bool { reached.load(ordering: .acquiring) }
    func open() { opened.store(true, ordering: .releasing) }
    func pass() {
        reached.store(true, ordering: .releasing)
        while !opened.load(ordering: .acquiring) { sched_yield() }
    }
}
