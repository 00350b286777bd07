internal import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON

/// What one service asks others through the broker. It travels as an event does, to one member of the group that
/// answers; the answer goes to the process that asked. Who asks decides how long that makes sense.
package protocol Question: IntegrationEvent {
    associatedtype Answer: Codable & Sendable
}

/// What comes back, as JSON: the answer, or why there is none.
struct Reply<Answer: Codable & Sendable>: Codable, Sendable {
    let id: UUID, answer: Answer?, refusal: String?
}

/// Whom a reply is for, without looking at the answer.
struct ReplyAddress: Decodable { let id: UUID }

/// What a question says beside its event.
struct QuestionHeaders {
    private static let replyTo = "reply-to", deadline = "deadline", id = "question"
    let id: UUID, channel: EventName, deadline: Timestamp

    var headers: [String: String] {
        [Self.id: id.description, Self.replyTo: channel.description, Self.deadline: deadline.description]
    }
}

extension QuestionHeaders {
    init?(_ headers: [String: String]) {
        guard let id = headers[Self.id].flatMap({ UUID($0) }), let channel = headers[Self.replyTo],
            let deadline = headers[Self.deadline].flatMap({ Timestamp($0) })
        else { return nil }
        self.init(id: id, channel: EventName(channel), deadline: deadline)
    }
}

extension Subscription {
    /// Answers questions. One that comes too late is passed over, for nobody waits for it any more. Whatever the
    /// handler throws is told to who asks, but for what is away just now: then it is called again while there is time.
    package static func answering<Asked: Question>(
        _: Asked.Type, through broker: any Broker, clockwork: Clockwork,
        _ answer: @escaping @Sendable (Received<Asked>) async throws -> Asked.Answer
    ) -> Subscription {
        Subscription(topic: Asked.name) { delivery, around in
            var received = try Received<Asked>(delivery)
            guard let asked = QuestionHeaders(delivery.headers), clockwork.now() < asked.deadline else { return }
            received.envelope.request.deadline = asked.deadline
            var reply: Reply<Asked.Answer>
            do {
                reply = Reply(id: asked.id, answer: try await received.answered(by: answer, around), refusal: nil)
            } catch {
                guard let reason = Verdict(of: error).refusal else { throw error }
                reply = Reply(id: asked.id, answer: nil, refusal: reason)
            }
            try await broker.broadcast(try JSON.encode(reply), on: asked.channel)
        }
    }
}

extension Received where Event: Question {
    fileprivate func answered(
        by answer: (Self) async throws -> Event.Answer, _ around: Subscription.Around?
    ) async throws -> Event.Answer {
        guard let around else { return try await answer(self) }
        var given: Event.Answer?
        try await around(envelope) { request in
            var received = self
            received.envelope.request = request
            given = try await answer(received)
        }
        guard let given else { throw PoisonMessage("the question was not handled") }
        return given
    }
}

extension Verdict {
    /// Nil for what passes.
    fileprivate var refusal: String? { if case .outage = self { nil } else { reason } }
}
