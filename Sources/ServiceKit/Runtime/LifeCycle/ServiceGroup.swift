import Synchronization

/// The parts of a program in start order. Each starts when the one before it has; all stop in reverse.
package final class ServiceGroup: Sendable {
    /// What happens to the parts, for the log.
    package enum Report: Equatable, Sendable {
        case started(String), stopping(String), cancelled(String), stopped(String)
        /// All have started.
        case ready
    }

    private let services: [any Service]
    private let readiness: Readiness
    private let drain: Duration
    private let cancelGrace: Duration
    private let clock: any Clock<Duration>
    private let report: @Sendable (Report) -> Void
    private let halt: @Sendable () -> Void
    private let stopLatches: [Latch]
    private let events: AsyncStream<GroupMachine.Event>
    private let post: AsyncStream<GroupMachine.Event>.Continuation
    private let wasAskedToStop = Atomic(false)

    /// - Parameters:
    ///   - drain: from the request to stop until the parts that still run are cancelled.
    ///   - cancelGrace: from there until a part that ignores its cancellation is given up.
    ///   - halt: ends the process at once; called, on the caller's thread, when `stop()` is called again.
    package init(
        _ services: [any Service], readiness: Readiness = Readiness(), drain: Duration = .seconds(10),
        cancelGrace: Duration = .seconds(1), clock: any Clock<Duration> = ContinuousClock(),
        report: @escaping @Sendable (Report) -> Void = { _ in }, halt: @escaping @Sendable () -> Void
    ) {
        self.services = services
        self.readiness = readiness
        self.drain = drain
        self.cancelGrace = cancelGrace
        self.clock = clock
        self.report = report
        self.halt = halt
        stopLatches = services.map { _ in Latch() }
        (events, post) = AsyncStream.makeStream()
    }

    /// May be called from any thread, also before `run`.
    package func stop() {
        if wasAskedToStop.exchange(true, ordering: .relaxed) { return halt() }
        post.yield(.stopRequested)
    }

    /// Returns when all parts have ended because `stop()` was called or the calling task was cancelled; throws
    /// `ServiceFailure` when a part failed, ended by itself or could not be stopped.
    package func run() async throws(ServiceFailure) {
        post.yield(.launch)
        // A task of its own, since the loop over events has to outlive the caller's cancellation.
        let loop = Task { await self.handleEvents() }
        let failures = await withTaskCancellationHandler {
            await loop.value
        } onCancel: {
            post.yield(.stopRequested)
        }
        if let failure = ServiceFailure(failures, names: services.map(\.name)) { throw failure }
    }

    private func handleEvents() async -> [GroupMachine.Failure] {
        var machine = GroupMachine(parts: services.count)
        var tasks: [Int: Task<Void, Never>] = [:]
        var timer: Task<Void, Never>?
        defer { timer?.cancel() }
        for await event in events {
            tell(event)
            for action in machine.handle(event) {
                switch action {
                case .begin(let part): tasks[part] = begin(part)
                case .ready:
                    readiness.enter(.running)
                    report(.ready)
                case .startDraining:
                    readiness.enter(.draining)
                    timer = startTimer()
                case .askToStop(let part):
                    report(.stopping(services[part].name))
                    stopLatches[part].open()
                case .cancel(let part):
                    report(.cancelled(services[part].name))
                    tasks[part]?.cancel()
                case .finish: return machine.failures
                }
            }
        }
        return machine.failures
    }

    private func begin(_ part: Int) -> Task<Void, Never> {
        let service = services[part]
        let life = Life(stop: stopLatches[part]) { [post] in post.yield(.started(part)) }
        return Task { [post] in
            do {
                try await service.run(life)
                post.yield(.ended(part, nil))
            } catch {
                post.yield(.ended(part, error))
            }
        }
    }

    private func startTimer() -> Task<Void, Never> {
        Task { [clock, drain, cancelGrace, post] in
            do {
                try await clock.sleep(for: drain)
                post.yield(.drained)
                try await clock.sleep(for: cancelGrace)
                post.yield(.abandoned)
            } catch {
                // Cancelled, since everything ended in time.
            }
        }
    }

    private func tell(_ event: GroupMachine.Event) {
        switch event {
        case .started(let part): report(.started(services[part].name))
        case .ended(let part, _): report(.stopped(services[part].name))
        case .launch, .stopRequested, .drained, .abandoned: break
        }
    }
}

/// Why a program ended that nobody had asked to end, or how its end went wrong: a line for each part, the first
/// being the cause.
package struct ServiceFailure: ProgramFailure {
    package let lines: [String]
    package let exitCode: ExitCode

    init?(_ failures: [GroupMachine.Failure], names: [String]) {
        guard let first = failures.first else { return nil }
        lines = failures.map { failure in
            let name = names[failure.part]
            let why = failure.error.map { ($0 as? any ProgramFailure)?.lines.joined(separator: "; ") ?? "\($0)" } ?? ""
            return switch failure.fault {
            case .failedToStart: "\(name) could not start: \(why)"
            case .failed: "\(name) failed: \(why)"
            case .failedToStop: "\(name) failed while stopping: \(why)"
            case .returnedEarly: "\(name) ended though nobody had asked it to"
            case .neverEnded: "\(name) did not end when it was cancelled"
            }
        }
        exitCode = (first.error as? any ProgramFailure)?.exitCode ?? .software
    }
}
