internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON
internal import TradewindMessaging

/// Dead letters to be looked at, tried again or dropped.
struct DeadLetterDesk: Sendable {
    let broker: any Broker
    let clockwork: Clockwork

    var endpoints: [Endpoint] {
        [
            .get(
                "/api/dlq", "Messages that could not be handled", access: .role(.admin), asks: LetterFilter.self,
                gives: .raw(.json)
            ) { filter, _ in try await list(filter) },
            .get("/api/dlq/:letter", "One of them, whole", access: .role(.admin), gives: .raw(.json)) { call in
                let id = try id(in: call)
                guard let letter = try await asking({ try await broker.deadLetters.find(id) }) else { throw Self.gone }
                return .bytes(try JSON.encode(LetterView(letter, isWhole: true)), .json)
            },
            .post("/api/dlq/:letter/replay", "Try it again", access: .role(.admin), gives: .noContent) { call in
                try await settle(call) { try await broker.replay($0, as: clockwork.newUUID()) }
            },
            .post("/api/dlq/:letter/drop", "Forget it", access: .role(.admin), gives: .noContent) { call in
                try await settle(call) { try await broker.deadLetters.drop($0) }
            },
        ]
    }

    private func list(_ filter: LetterFilter) async throws -> Response {
        let limit = min(max(filter.limit ?? 50, 1), 200)
        let topics = filter.topic.map { topic in EventName.told.filter { $0.description == topic } } ?? EventName.told
        let letters = try await asking { try await broker.deadLetters.list(topics, limit: limit) }
        return .bytes(try JSON.encode(letters.map { LetterView($0, isWhole: false) }), .json)
    }

    private func settle(_ call: Call, _ settle: (DeadLetter.Identifier) async throws -> Bool) async throws {
        let id = try id(in: call)
        guard try await asking({ try await settle(id) }) else { throw Self.gone }
    }

    private func id(in call: Call) throws -> DeadLetter.Identifier {
        guard let id = DeadLetter.Identifier(call.request.parameter("letter") ?? "") else { throw Self.gone }
        return id
    }

    private static let gone = Problem(.notFound, detail: "there is no such dead letter")

    private func asking<Value>(_ ask: () async throws -> Value) async throws -> Value {
        do { return try await ask() } catch is BrokerFailure {
            throw Problem(
                .serviceUnavailable, code: "broker-away", detail: "the broker is away", headers: [.retryAfter: "1"])
        }
    }
}

/// Which letters are wanted.
struct LetterFilter: Decodable, Described, Sendable {
    let topic: String?, limit: Int?

    static var schema: Schema {
        Schema(of: Self.self).with("topic", .text().summary("Such as `order.created`; all without it"))
            .with("limit", .whole().summary("How many at most; 50 by default, never more than 200"))
    }
}

private struct LetterView: Encodable {
    let id: String, topic: String, group: String, key: String, reason: String, attempts: Int, at: Timestamp
    /// As it came, when it is JSON; else as text.
    let event: JSONValue?, text: String?, headers: [String: String]

    init(_ letter: DeadLetter, isWhole: Bool) {
        (id, topic, group) = (letter.id.description, letter.topic.description, letter.id.group)
        (key, reason, attempts, at) = (letter.key, letter.reason, letter.attempts, letter.at)
        headers = letter.headers
        event = isWhole ? try? JSONValue.parse(letter.body) : nil
        text = isWhole && event == nil ? String(decoding: letter.body, as: UTF8.self) : nil
    }
}
