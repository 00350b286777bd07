package import TradewindDomain
internal import TradewindLocks

/// A world in one thread: tasks run one after the other, in an order that the seed decides, and time goes on when
/// nobody has anything left to do. The same seed, the same world, to the last step.
///
/// Safety: `@unchecked Sendable` because one thread does everything: the one that called `run` also runs the jobs.
/// A job that comes from another one, because something has left the simulation, traps.
package final class Simulation: TaskExecutor, @unchecked Sendable {
    package let seed: UInt64
    package let start = Timestamp.noon
    private let clock = ManualClock()
    private let thread = threadNumber()
    private let tell: ((String) -> Void)?
    private var dice: Dice
    private var identifiers = UUIDSequence()
    private var jobs: [UnownedJob] = []
    /// What strikes, and how often.
    package var weather: Weather
    /// What has struck, and how often.
    package private(set) var struck: [Fault: Int] = [:]

    /// No world of a scenario is as busy as this, so one that is turns in circles.
    private static let mostSteps = 2_000_000

    private init(_ seed: UInt64, _ tell: ((String) -> Void)?) {
        (self.seed, self.tell) = (seed, tell)
        dice = Dice(seed)
        weather = Weather(&dice)
    }

    /// Runs `body` and what it starts to their ends.
    ///
    /// - Parameter tell: told each thing that happens, in a line.
    package static func run<Result: Sendable>(
        seed: UInt64, tell: ((String) -> Void)? = nil, _ body: @escaping @Sendable (Simulation) async throws -> Result
    ) throws -> Result {
        let simulation = Simulation(seed, tell)
        let outcome = Lock<Swift.Result<Result, any Error>?>(nil)
        Task(executorPreference: simulation) {
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(simulation)) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
        }
        try simulation.turn { outcome.withLock { $0 != nil } }
        guard let result = outcome.withLock(\.self) else { throw Standstill() }
        return try result.get()
    }

    private func turn(until isOver: () -> Bool) throws {
        for _ in 0..<Self.mostSteps {
            guard let job = nextJob() else {
                if isOver() { return }
                guard clock.advanceToNextSleeper() else { throw Standstill() }
                continue
            }
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
        throw Standstill(description: "after \(Self.mostSteps) steps there is no end of it")
    }

    private func nextJob() -> UnownedJob? {
        if jobs.count > 1 { jobs.swapAt(roll(0...jobs.count - 1), jobs.count - 1) }
        return jobs.popLast()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        precondition(threadNumber() == thread, "a task has left the simulation and come back from another thread")
        jobs.append(UnownedJob(job))
    }

    // MARK: Time and chance

    package var elapsed: Duration { clock.now.sinceStart }
    package var now: Timestamp { start + elapsed }

    package func sleep(_ pause: Duration) async throws { try await clock.sleep(for: pause) }

    package func newUUID() -> UUID { identifiers.next(at: now, random: (dice.next(), dice.next())) }

    package func roll(_ range: ClosedRange<Int>) -> Int { dice.roll(range) }

    package func pause(_ range: ClosedRange<Int>) -> Duration { .milliseconds(roll(range)) }

    package func pick<Element>(_ list: [Element]) -> Element { dice.pick(list) }

    /// Whether it happens now.
    package func strikes(_ fault: Fault) -> Bool {
        let chance = weather[fault]
        guard chance > 0, roll(1...1_000) <= chance else { return false }
        struck[fault, default: 0] += 1
        return true
    }

    /// Time passes, mostly none.
    package func dawdle() async throws {
        if strikes(.delay) { try await sleep(pause(1...roll(1...100) * 10)) }
    }

    // MARK: Telling

    package func note(_ who: String, _ what: @autoclosure () -> String) {
        guard let tell else { return }
        let micros = elapsed / .microseconds(1)
        let fraction = String(Int(micros) % 1_000_000 + 1_000_000).dropFirst()
        tell("\(Int(micros) / 1_000_000).\(fraction)  \(who)  \(what())")
    }
}

/// Everybody waits for somebody.
package struct Standstill: Error, CustomStringConvertible {
    package var description = "everybody waits for somebody, and nobody sleeps"
}
