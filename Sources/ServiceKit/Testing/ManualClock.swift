internal import TradewindLocks

/// A clock that stands still until a test winds it, so that tests of timeouts neither wait nor race.
package final class ManualClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        let sinceStart: Duration

        package func advanced(by duration: Duration) -> Self { Self(sinceStart: sinceStart + duration) }
        package func duration(to other: Self) -> Duration { other.sinceStart - sinceStart }
        package static func < (one: Self, other: Self) -> Bool { one.sinceStart < other.sinceStart }
    }

    private struct Sleeper {
        let id: Int, deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct Watcher {
        let sleepers: Int
        let continuation: CheckedContinuation<Void, Never>
    }
    private struct State {
        var now = Instant(sinceStart: .zero)
        var nextID = 0
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
    }
    private let state = Lock(State())

    package init() {}

    package var now: Instant { state.withLock(\.now) }
    package var minimumResolution: Duration { .zero }

    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(Sleeper(id: id, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            let cancelled = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            cancelled?.continuation.resume(throwing: CancellationError())
        }
    }

    private func add(_ sleeper: Sleeper) {
        enum Outcome { case cancelled, due, asleep(seenBy: [Watcher]) }
        let outcome = state.withLock { state -> Outcome in
            // The cancellation handler may have run before the sleeper was there to be found; then the task knows.
            if Task.isCancelled { return .cancelled }
            if sleeper.deadline <= state.now { return .due }
            state.sleepers.append(sleeper)
            let seenBy = state.watchers.filter { $0.sleepers <= state.sleepers.count }
            state.watchers.removeAll { $0.sleepers <= state.sleepers.count }
            return .asleep(seenBy: seenBy)
        }
        switch outcome {
        case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
        case .due: sleeper.continuation.resume()
        case .asleep(let seenBy): for watcher in seenBy { watcher.continuation.resume() }
        }
    }

    /// Wakes everybody whose deadline is reached, the earliest first.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return due.sorted { ($0.deadline, $0.id) < ($1.deadline, $1.id) }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Goes on to the earliest deadline. False when nobody sleeps.
    package func advanceToNextSleeper() -> Bool {
        let (now, next) = state.withLock { ($0.now, $0.sleepers.map(\.deadline).min()) }
        guard let next else { return false }
        advance(by: now.duration(to: next))
        return true
    }

    /// Returns when at least so many tasks sleep on this clock, so that a test winds it only when it matters.
    package func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let reached = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append(Watcher(sleepers: count, continuation: continuation))
                return false
            }
            if reached { continuation.resume() }
        }
    }
}
