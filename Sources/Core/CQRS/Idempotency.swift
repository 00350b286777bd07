package import TradewindDomain
internal import TradewindJSON

/// A command whose first answer is given again to whoever repeats it with the same key. Its JSON is what tells one
/// request from another, and its answer is stored for a day: neither may hold a secret.
package protocol IdempotentCommand: Command, Encodable {
    static var answers: StoredAnswers<Self> { get }
}

extension IdempotentCommand {
    package static var storedAnswers: StoredAnswers<Self>? { answers }
}

extension IdempotentCommand where Result: Codable {
    package static var answers: StoredAnswers<Self> {
        StoredAnswers(
            encode: { try JSON.encode($0) }, decode: { try JSON.decode(Result.self, from: $0) },
            fingerprint: { Fingerprint(of: try JSON.encode($0)) })
    }
}

extension IdempotentCommand where Result == Void {
    package static var answers: StoredAnswers<Self> {
        StoredAnswers(encode: { _ in [] }, decode: { _ in }, fingerprint: { Fingerprint(of: try JSON.encode($0)) })
    }
}

/// How a command's answers become bytes and back.
package struct StoredAnswers<C: Command>: Sendable {
    let encode: @Sendable (C.Result) throws -> [UInt8]
    let decode: @Sendable ([UInt8]) throws -> C.Result
    let fingerprint: @Sendable (C) throws -> Fingerprint
}

/// Whoever finds two requests with the same one is given the answer of their own other request.
package struct Fingerprint: Hashable, Sendable {
    package let bits: UInt128

    package init(bits: UInt128) { self.bits = bits }

    package init(of bytes: [UInt8]) { bits = FNV1a.bits128(of: bytes) }
}

/// An attempt at a command under a key. A key counts for one command and one caller only.
package struct IdempotencyClaim: Hashable, Sendable {
    package struct Scope: Hashable, Sendable {
        package let command: String, caller: String, key: IdempotencyKey

        package init(command: String, caller: Caller, key: IdempotencyKey) {
            (self.command, self.caller, self.key) = (command, caller.description, key)
        }
    }

    package let scope: Scope
    package let fingerprint: Fingerprint
    /// Names this attempt: one whose reservation ran out and was taken over cannot complete it any more.
    package let owner: UUID

    package init(scope: Scope, fingerprint: Fingerprint, owner: UUID) {
        (self.scope, self.fingerprint, self.owner) = (scope, fingerprint, owner)
    }
}

/// Keeps the answers.
package protocol IdempotencyStore<Transaction>: Sendable {
    associatedtype Transaction

    /// Reserves the scope for the claim's owner when it is free, or when a reservation or an answer in it is too old.
    func claim(_ claim: IdempotencyClaim, at now: Timestamp) async throws -> ClaimResult

    /// Puts the answer beside the command's effects, to be committed with them. Throws `ReservationLost` when the scope
    /// is no longer this owner's, whose effects must then not be committed.
    func complete(
        _ claim: IdempotencyClaim, with answer: [UInt8], at now: Timestamp, in transaction: Transaction) async throws

    /// The attempt is over. When it was not committed the scope is free again, unless it holds a committed answer: a
    /// commit whose confirmation got lost.
    func end(_ claim: IdempotencyClaim, committed: Bool) async
}

package enum ClaimResult: Hashable, Sendable {
    /// It is yours: carry it out.
    case reserved
    /// Somebody is at it: ask again.
    case busy
    case answered([UInt8])
    /// The key was used for something else.
    case differs
}

package struct ReservationLost: Error {
    package init() {}
}

package struct IdempotencyLimits: Sendable {
    /// How long an answer is kept.
    package let retention: Duration
    /// After this an attempt without an answer counts as dead, and its key is free again. One that was only slow cannot
    /// complete any more: its effects are rolled back.
    package let reservation: Duration

    package init(retention: Duration = .seconds(24 * 3600), reservation: Duration = .seconds(10)) {
        (self.retention, self.reservation) = (retention, reservation)
    }
}
