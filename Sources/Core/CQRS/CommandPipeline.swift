internal import TradewindDomain

/// One command's way, put together once, top to bottom: what every message passes (`Entrance`: tracing, metrics, audit,
/// validation, authorisation), then idempotency, retry on version conflict, unit of work, handler.
final class CommandPipeline<C: Command, Work: UnitOfWork>: Sendable {
    typealias Handle = @Sendable (C.Valid, Work.Transaction, RequestContext) async throws -> C.Result

    private let entrance: Entrance
    private let answers: StoredAnswers<C>?
    private let store: (any IdempotencyStore<Work.Transaction>)?
    private let attempts: Int
    private let handle: Handle
    private let clockwork: Clockwork
    private let unitOfWork: Work

    init(_ behaviours: CommandBehaviours<Work>, handle: @escaping Handle) {
        entrance = Entrance(
            C.self, .command, instruments: behaviours.instruments, authorisation: behaviours.authorisation,
            clockwork: behaviours.clockwork)
        (answers, store, attempts) = (C.storedAnswers, behaviours.idempotency, C.attempts)
        (self.handle, clockwork, unitOfWork) = (handle, behaviours.clockwork, behaviours.unitOfWork)
    }

    func run(_ command: C, _ request: RequestContext) async throws -> C.Result {
        var request = request
        let passage = entrance.open(&request)
        var outcome = Outcome.succeeded
        do {
            let valid = try entrance.admit(command, request.caller)
            let result =
                if let attempt = try attempt(command, request) {
                    try await once(valid, request, attempt, &outcome)
                } else {
                    try await inTransaction(valid, request, nil)
                }
            entrance.close(passage, outcome, command, request)
            return result
        } catch {
            entrance.close(passage, Outcome(of: error), command, request)
            throw error
        }
    }

    /// What is needed to keep an answer. A class, because an optional of it costs the many that have no key nothing.
    private final class Attempt {
        let claim: IdempotencyClaim
        let answers: StoredAnswers<C>
        let store: any IdempotencyStore<Work.Transaction>

        init(_ claim: IdempotencyClaim, _ answers: StoredAnswers<C>, _ store: any IdempotencyStore<Work.Transaction>) {
            (self.claim, self.answers, self.store) = (claim, answers, store)
        }

        func answer() async throws -> C.Result? {
            switch try await store.answer(to: claim) {
            case .answer(let bytes): try answers.decode(bytes)
            case .ofAnotherRequest: throw Refusal.conflict(.oneKeyForOneRequest)
            case nil: nil
            }
        }
    }

    /// Nil when there is no key, or the command does not keep answers.
    private func attempt(_ command: C, _ request: RequestContext) throws -> Attempt? {
        guard let key = request.idempotencyKey, let answers, let store else { return nil }
        let claim = IdempotencyClaim(
            command: entrance.name, caller: request.caller, key: key, fingerprint: try answers.fingerprint(command))
        return Attempt(claim, answers, store)
    }

    /// Few requests are repetitions, so all are carried out, and a repetition cannot commit. Whatever stopped it, its
    /// own answer or what it found done already, the first answer is given when there is one.
    private func once(
        _ valid: C.Valid, _ request: RequestContext, _ attempt: Attempt, _ outcome: inout Outcome
    ) async throws -> C.Result {
        do {
            return try await inTransaction(valid, request, attempt)
        } catch {
            guard let answer = try await attempt.answer() else { throw error }
            outcome = .repeated
            return answer
        }
    }

    /// A lost race is run again around the whole transaction: what the losing attempt wrote, its events above all, must
    /// be rolled back.
    private func inTransaction(
        _ valid: C.Valid, _ request: RequestContext, _ attempt: Attempt?
    ) async throws -> C.Result {
        var left = attempts
        while true {
            do {
                return try await unitOfWork { transaction in
                    let result = try await handle(valid, transaction, request)
                    if let attempt { try await keep(result, attempt, transaction) }
                    return result
                }
            } catch let conflict as VersionConflict {
                left -= 1
                guard left > 0 else { throw conflict }
            }
        }
    }

    private func keep(_ result: C.Result, _ attempt: Attempt, _ transaction: Work.Transaction) async throws {
        try await attempt.store.keep(
            attempt.answers.encode(result), for: attempt.claim, at: clockwork.now(), in: transaction)
    }
}
