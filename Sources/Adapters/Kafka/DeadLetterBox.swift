internal import CRdkafka
internal import TradewindDomain
internal import TradewindMessaging

/// Dead letters are messages of `<topic>.dlq`: the body as it was, all else in headers, so that any tool shows them.
/// The topic is compacted and the key is the letter's id: a letter that comes twice is one, and a tombstone drops it.
struct DeadLetterBox: Sendable {
    let send: @Sendable (_ letter: Envelope) async -> PublishResult

    func put(_ letter: DeadLetter) async throws(BrokerFailure) {
        let message = Envelope(
            id: UUID(high: 0, low: 0), topic: letter.topic.deadLetters, key: letter.id.description, body: letter.body,
            headers: Self.headers(of: letter))
        switch await send(message) {
        case .acknowledged, .inHand: return
        case .refused(let reason): throw BrokerFailure(.refused, reason)
        case .unavailable(let reason): throw BrokerFailure(.unavailable, reason)
        }
    }

    private static let mark = "dlq-"

    static func headers(of letter: DeadLetter) -> [String: String] {
        let own = [
            "key": letter.key, "reason": letter.reason, "attempts": "\(letter.attempts)", "group": letter.id.group,
            "failed-at": "\(letter.at)",
        ]
        return letter.headers.merging(own.map { (mark + $0.key, $0.value) }) { _, ours in ours }
    }

    /// Nil for a message that nobody of us has written.
    static func letter(key: String, body: [UInt8], headers: [String: String]) -> DeadLetter? {
        guard let id = DeadLetter.Identifier(key), let reason = headers[mark + "reason"] else { return nil }
        return DeadLetter(
            id: id, key: headers[mark + "key"] ?? "", body: body, headers: headers.filter { !$0.key.hasPrefix(mark) },
            reason: reason, attempts: headers[mark + "attempts"].flatMap { Int($0) } ?? 0,
            at: headers[mark + "failed-at"].flatMap { Timestamp($0) } ?? Timestamp(microseconds: 0))
    }
}
