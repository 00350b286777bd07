package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindLocks

/// Asks through a broker and hears the answers, on a channel of its own. One serves a whole process.
package final class Asker: Sendable {
    private typealias Outcome = Result<[UInt8], BrokerFailure>

    private struct State {
        var isListening = false
        var waiting: [UUID: AsyncStream<Outcome>.Continuation] = [:]
    }

    private let source: String
    private let broker: any Broker
    private let clockwork: Clockwork
    private let channel: EventName
    private let state = Lock(State())
    private let questions: AsyncStream<Envelope>
    private let post: AsyncStream<Envelope>.Continuation

    /// - Parameter source: the service that asks.
    package init(_ source: String, on broker: any Broker, clockwork: Clockwork) {
        (self.source, self.broker, self.clockwork) = (source, broker, clockwork)
        channel = EventName("replies.\(clockwork.newUUID())")
        (questions, post) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(10_000))
    }

    /// Whether answers would be heard.
    package var isListening: Bool { state.withLock(\.isListening) }

    /// Sends and hears until the task is cancelled. A broker that is away is waited for.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                repeat { await self.hear() } while (try? await self.clockwork.sleep(.seconds(1))) != nil
            }
            for await question in questions { group.addTask { await self.send(question) } }
            group.cancelAll()
        }
    }

    /// What is answered within the time; else throws a `BrokerFailure`: `unavailable` when nobody answered, `refused`
    /// with the reason when somebody did but would not.
    package func ask<Asked: Question>(
        _ question: Asked, within limit: Duration, for request: RequestContext
    ) async throws -> Asked.Answer {
        let id = clockwork.newUUID(), now = clockwork.now()
        let event = try Envelope(question, id: id, source: source, at: now, for: request)
        let headers = QuestionHeaders(id: id, channel: channel, deadline: now + limit).headers
        let (stream, waiting) = AsyncStream<Outcome>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let isListening = state.withLock { state in
            if state.isListening { state.waiting[id] = waiting }
            return state.isListening
        }
        guard isListening else { throw BrokerFailure(.unavailable, "answers cannot be heard yet") }
        defer { state.withLock { $0.waiting[id] = nil } }
        post.yield(Envelope(id: id, topic: event.topic, key: event.key, body: event.body, headers: headers))
        let body = try await first(of: stream, within: limit, "nobody answered \(Asked.name) within \(limit)")
        let reply = try JSON.decode(Reply<Asked.Answer>.self, from: body)
        guard let answer = reply.answer else { throw BrokerFailure(.refused, reply.refusal ?? "there is no answer") }
        return answer
    }

    private func first(
        of stream: AsyncStream<Outcome>, within limit: Duration, _ complaint: String
    ) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                for await outcome in stream { return try outcome.get() }
                throw CancellationError()
            }
            group.addTask { [clockwork] in
                try await clockwork.sleep(limit)
                throw BrokerFailure(.unavailable, complaint)
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() else { throw CancellationError() }
            return body
        }
    }

    private func send(_ question: Envelope) async {
        let failure: BrokerFailure
        switch await broker.publish([question], late: { _ in }).first {
        case .acknowledged, .inHand: return
        case .refused(let reason): failure = BrokerFailure(.refused, reason)
        case .unavailable(let reason): failure = BrokerFailure(.unavailable, reason)
        case nil: failure = BrokerFailure(.unavailable, "no answer")
        }
        tell(question.id, .failure(failure))
    }

    private func hear() async {
        guard let replies = try? await broker.listen(to: channel) else { return }
        state.withLock { $0.isListening = true }
        for await body in replies {
            if let address = try? JSON.decode(ReplyAddress.self, from: body) { tell(address.id, .success(body)) }
        }
        state.withLock { $0.isListening = false }
    }

    private func tell(_ id: UUID, _ outcome: Outcome) { state.withLock { $0.waiting[id] }?.yield(outcome) }
}
