internal import Synchronization
internal import TradewindPersistence

/// Something that a task asks of a connection, and waits for.
///
/// Safety: `@unchecked Sendable` because the continuation is set before the call is submitted, and from then on only
/// the one that took the call out of the crew's line touches what is not atomic.
final class Call: @unchecked Sendable {
    typealias Answer = Result<[Rows], DatabaseError>
    typealias Work = @Sendable (Connection) throws(DatabaseError) -> [Rows]

    private let work: Work
    /// Whether it undoes itself when it fails, as one statement does.
    let isOneStatement: Bool
    /// Whether it ends the lease that it belongs to.
    let isLast: Bool
    private let cancelled = Atomic(false)
    /// The order between who answers and who waits. A continuation gives it too, but inside the runtime, where the
    /// thread sanitizer does not see it when the answer comes before the task has suspended.
    private let answered = Atomic(false)
    private var continuation: CheckedContinuation<Answer, Never>?
    private var rows: [Rows] = []

    init(isOneStatement: Bool = false, isLast: Bool = false, _ work: @escaping Work) {
        (self.work, self.isOneStatement, self.isLast) = (work, isOneStatement, isLast)
    }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// Does the work and keeps the answer, which nobody may see before it is committed.
    func perform(on connection: Connection) throws(DatabaseError) {
        if isCancelled { throw .cancelled }
        connection.watch.call = self
        defer { connection.watch.call = nil }
        rows = try work(connection)
    }

    func succeed() { finish(.success(rows)) }
    func fail(_ error: DatabaseError) { finish(.failure(error)) }

    private func finish(_ answer: Answer) {
        let waiting = continuation
        continuation = nil
        answered.store(true, ordering: .releasing)
        waiting?.resume(returning: answer)
    }

    /// Waits until it has been answered. `submit` hands it to whom does the work, `leave` takes it back if it can.
    func wait(submit: () -> Void, leave: @escaping @Sendable () -> Void) async throws(DatabaseError) -> [Rows] {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                continuation = waiting
                submit()
            }
        } onCancel: {
            cancel()
            leave()
        }
        return try received(answer)
    }

    /// The same for what must be done even if the task is cancelled.
    func waitRegardless(submit: () -> Void) async throws(DatabaseError) -> [Rows] {
        let answer = await withCheckedContinuation { waiting in
            continuation = waiting
            submit()
        }
        return try received(answer)
    }

    private func received(_ answer: Answer) throws(DatabaseError) -> [Rows] {
        _ = answered.load(ordering: .acquiring)
        return try answer.get()
    }
}

extension Call: Equatable {
    static func == (one: Call, other: Call) -> Bool { one === other }
}
