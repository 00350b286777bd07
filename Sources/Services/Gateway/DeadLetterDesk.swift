internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON
internal import TradewindMessaging

/// Dead letters to be looked at, tried again or dropped.
struct DeadLetterDesk: Sendable {
    let broker: any Broker
    let clockwork: Clockwork
    let door: Door

    var routes: [Route] {
        [
            .get("/api/dlq", door.guarding(.role(.admin), list)),
            .get(
                "/api/dlq/:id",
                door.guarding(.role(.admin)) { request in
                    let id = try id(in: request)
                    guard let letter = try await asking({ try await broker.deadLetters.find(id) }) else {
                        throw Self.gone
                    }
                    return .bytes(try JSON.encode(LetterView(letter, isWhole: true)), .json)
                }),
            .post(
                "/api/dlq/:id/replay",
                door.guarding(.role(.admin)) {
                    try await settle($0) { try await broker.replay($0, as: clockwork.newUUID()) }
                }),
            .post(
                "/api/dlq/:id/drop",
                door.guarding(.role(.admin)) { try await settle($0) { try await broker.deadLetters.drop($0) } }),
        ]
    }

    @Sendable private func list(_ request: Request) async throws -> Response {
        let query = request.head.queryItems
        let limit = min(max(query["limit"].flatMap { Int($0) } ?? 50, 1), 200)
        let topics = query["topic"].map { topic in EventName.told.filter { $0.description == topic } } ?? EventName.told
        let letters = try await asking { try await broker.deadLetters.list(topics, limit: limit) }
        return .bytes(try JSON.encode(letters.map { LetterView($0, isWhole: false) }), .json)
    }

    private func settle(
        _ request: Request, _ settle: (DeadLetter.Identifier) async throws -> Bool
    ) async throws -> Response {
        let id = try id(in: request)
        guard try await asking({ try await settle(id) }) else { throw Self.gone }
        return .noContent
    }

    private func id(in request: Request) throws -> DeadLetter.Identifier {
        guard let id = DeadLetter.Identifier(request.parameter("id") ?? "") else { throw Self.gone }
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
