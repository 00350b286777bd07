package import TradewindCQRS
internal import TradewindLocks

/// Hashes passwords and checks them, on threads that may block. There are few places: who finds none is told at once,
/// and who gives up waiting frees his.
package final class PasswordHasher: Sendable {
    /// Gives a job to a thread that may block; false when there is no room for it.
    package typealias Submit = @Sendable (@escaping @Sendable () -> Void) -> Bool

    package enum Verdict: Hashable, Sendable {
        case wrong
        case right
        /// Right, but stored at a lower cost than today's: hash it anew while it is at hand.
        case outdated
    }

    /// `retryAfter` is what so many places need to be worked off.
    package static let overloaded = Refusal.unavailable(retryAfter: .seconds(2))

    private let cost: Int
    private let chance: Chance
    private let submit: Submit
    private let queue: Lock<HashingQueue>

    /// `threads` of the pool at most work for passwords, `places` more callers may wait.
    package init(cost: Int = 10, threads: Int = 2, places: Int = 32, chance: Chance, submit: @escaping Submit) {
        (self.cost, self.chance, self.submit) = (min(max(cost, 4), 16), chance, submit)
        queue = Lock(HashingQueue(threads: threads, places: places))
    }

    /// Who has no thread yet.
    package var waiting: Int { queue.withLock { $0.waitingCount } }

    package func hash(_ password: Password) async throws -> PasswordHash {
        let hash = try await perform { [cost, chance] in Bcrypt.hash(password, cost: cost, chance) }
        guard let hash else { throw Self.overloaded }
        return hash
    }

    /// Takes the same time when there is no such user (nil): an answer must not tell who has an account. A text that
    /// can be nobody's password is wrong at once, for that tells nothing about users.
    package func check(_ text: String, against hash: PasswordHash?) async throws -> Verdict {
        guard let password = try? Password(text) else { return .wrong }
        let expected = hash ?? PasswordHash(nobodyAt: cost)
        guard let expected, try await perform({ Bcrypt.verifies(password, expected) }), hash != nil else {
            return .wrong
        }
        return expected.cost < cost ? .outdated : .right
    }

    private func perform<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async throws -> Result {
        let ticket = queue.withLock { $0.ticket() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Result, any Error>) in
                let job = HashingQueue.Job(
                    ticket: ticket, run: { caller.resume(returning: work()) },
                    drop: { caller.resume(throwing: $0) })
                enqueue(job)
            }
        } onCancel: {
            queue.withLock { $0.withdraw(ticket) }?.drop(CancellationError())
        }
    }

    private func enqueue(_ job: HashingQueue.Job) {
        // The cancellation handler may have run before the job was there to be found; then the task knows.
        let admission = queue.withLock { queue in Task.isCancelled ? nil : queue.admit(job) }
        switch admission {
        case nil: job.drop(CancellationError())
        case .refused: job.drop(Self.overloaded)
        case .waiting: break
        case .needsThread:
            let isTaken = submit { [self] in
                while let next = queue.withLock({ $0.next() }) { next.run() }
            }
            guard !isTaken else { return }
            for job in queue.withLock({ $0.threadRefused() }) { job.drop(Self.overloaded) }
        }
    }
}

extension PasswordHash {
    /// Nobody's: no password has this hash, for bcrypt never ends in these bits.
    fileprivate init?(nobodyAt cost: Int) {
        self.init("$2b$" + (cost < 10 ? "0" : "") + "\(cost)$" + String(repeating: ".", count: 52) + "/")
    }
}
