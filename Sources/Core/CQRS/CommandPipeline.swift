internal import TradewindDomain

/// One command's way, put together once. What every message passes comes first (`Entrance`: tracing, metrics, audit,
/// validation, authorisation), then idempotency, retry on version conflict, unit of work, handler: each of the functions
/// below is one of these and calls the next.
///
/// A retry stands around the unit of work: what the losing attempt wrote, its events above all, must be rolled back.
final class CommandPipeline<C: Command, Work: UnitOfWork>: Sendable {
    typealias Handle = @Sendable (C.Valid, Work.Transaction, RequestContext) async throws -> C.Result

    private let entrance: Entrance<C>
    private let behaviours: CommandBehaviours<Work>
    private let answers: StoredAnswers<C>?
    private let attempts: Int
    private let handle: Handle

    init(_ behaviours: CommandBehaviours<Work>, handle: @escaping Handle) {
        entrance = Entrance(
            .command, instruments: behaviours.instruments, authorisation: behaviours.authorisation,
            clockwork: behaviours.clockwork)
        (self.behaviours, self.handle) = (behaviours, handle)
        (answers, attempts) = (C.storedAnswers, C.attempts)
    }

    func run(_ command: C, _ request: RequestContext) async throws -> C.Result {
        try await entrance(command, request) { valid, request in
            guard let key = request.idempotencyKey, let answers, let store = behaviours.idempotency else {
                return (try await retried(valid, request, nil), .succeeded)
            }
            let claim = IdempotencyClaim(
                scope: .init(command: entrance.name, caller: request.caller, key: key),
                fingerprint: try answers.fingerprint(command), owner: behaviours.clockwork.newUUID())
            return try await once(valid, request, Attempt(claim: claim, answers: answers, store: store))
        }
    }

    /// What is needed to keep the answer.
    private struct Attempt {
        let claim: IdempotencyClaim
        let answers: StoredAnswers<C>
        let store: any IdempotencyStore<Work.Transaction>
    }

    private func once(
        _ valid: C.Valid, _ request: RequestContext, _ attempt: Attempt
    ) async throws -> (C.Result, Outcome) {
        if let answer = try await reserve(attempt, request) { return (try attempt.answers.decode(answer), .repeated) }
        do {
            let result = try await retried(valid, request, attempt)
            await attempt.store.end(attempt.claim, committed: true)
            return (result, .succeeded)
        } catch {
            await attempt.store.end(attempt.claim, committed: false)
            throw error
        }
    }

    /// Returns the stored answer, or nil when the scope is ours. A duplicate asks again and again, because the attempt
    /// that it waits for may be in another process; it is rare enough.
    private func reserve(_ attempt: Attempt, _ request: RequestContext) async throws -> [UInt8]? {
        var pause = Duration.milliseconds(5)
        while true {
            let now = behaviours.clockwork.now()
            switch try await attempt.store.claim(attempt.claim, at: now) {
            case .reserved: return nil
            case .answered(let answer): return answer
            case .differs: throw Refusal.conflict(.oneKeyForOneRequest)
            case .busy:
                if let deadline = request.deadline, deadline <= now + pause {
                    throw Refusal.unavailable(retryAfter: .seconds(1))
                }
                try await behaviours.clockwork.sleep(pause)
                pause = min(pause * 2, .milliseconds(200))
            }
        }
    }

    private func retried(_ valid: C.Valid, _ request: RequestContext, _ attempt: Attempt?) async throws -> C.Result {
        var left = attempts
        while left > 1 {
            do { return try await inTransaction(valid, request, attempt) } catch is VersionConflict { left -= 1 }
        }
        return try await inTransaction(valid, request, attempt)
    }

    private func inTransaction(
        _ valid: C.Valid, _ request: RequestContext, _ attempt: Attempt?
    ) async throws -> C.Result {
        try await behaviours.unitOfWork { transaction in
            let result = try await handle(valid, transaction, request)
            if let attempt {
                try await attempt.store.complete(
                    attempt.claim, with: attempt.answers.encode(result), at: behaviours.clockwork.now(),
                    in: transaction)
            }
            return result
        }
    }
}
