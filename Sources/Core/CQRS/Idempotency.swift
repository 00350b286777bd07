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

/// A request under a key. A key counts for one command and one caller only.
package struct IdempotencyClaim: Hashable, Sendable {
    package let command: String, caller: String, key: IdempotencyKey
    package let fingerprint: Fingerprint

    package init(command: String, caller: Caller, key: IdempotencyKey, fingerprint: Fingerprint) {
        (self.command, self.caller, self.key) = (command, caller.description, key)
        self.fingerprint = fingerprint
    }
}

/// Keeps the answers.
package protocol IdempotencyStore<Transaction>: Sendable {
    associatedtype Transaction

    /// Puts the answer beside the command's effects, to be committed with them. When there is one under the key
    /// already, the commit fails: of many who come at once one takes effect.
    func keep(_ answer: [UInt8], for claim: IdempotencyClaim, at now: Timestamp, in transaction: Transaction)
        async throws

    /// What is committed under the key.
    func answer(to claim: IdempotencyClaim) async throws -> KeptAnswer?
}

package enum KeptAnswer: Hashable, Sendable {
    case answer([UInt8])
    /// The key was used for something else.
    case ofAnotherRequest
}
