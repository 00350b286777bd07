extension EventLoop {
    /// Waits on the loop's timers. Ends early with `CancellationError` when the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        precondition(isCurrent)
        try await Sleeper(on: self).sleep(until: now + duration)
    }
}

/// Safety: `@unchecked Sendable` because the state is touched on the loop only; cancellation arrives through `execute`.
@safe private final class Sleeper: @unchecked Sendable {
    private let loop: EventLoop
    private var deadline: Deadline?
    private var waiting: UnsafeContinuation<Void, Never>?
    private var isCancelled = false

    init(on loop: EventLoop) { self.loop = loop }

    func sleep(until instant: Instant) async throws {
        let deadline = loop.deadline { [self] in resume() }
        self.deadline = deadline
        await withTaskCancellationHandler {
            guard !isCancelled else { return }
            await unsafe withUnsafeContinuation {
                unsafe waiting = $0
                loop.set(deadline, to: instant)
            }
        } onCancel: {
            loop.execute { [self] in
                isCancelled = true
                resume()
            }
        }
        if isCancelled { throw CancellationError() }
    }

    /// Also lets the deadline go, which holds this object while it is armed.
    private func resume() {
        if let deadline { loop.set(deadline, to: .distantFuture) }
        deadline = nil
        let continuation = unsafe waiting
        unsafe waiting = nil
        unsafe continuation?.resume()
    }
}
