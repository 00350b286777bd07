internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindHTTPServer
internal import TradewindJSON
package import TradewindMessaging
internal import TradewindRuntime

/// Events as they happen: `/ws` for those who choose as they go, `/api/stream` for those who know what they want.
struct EventRoutes: Sendable {
    let hub: EventHub
    let door: Door

    var routes: [Route] {
        [
            .get("/ws") { request in
                let audience = try await audience(of: request)
                return try .webSocket(request, Self.options) { try await converse($0, audience) }
            },
            .get("/api/stream") { request in
                var audience = try await audience(of: request)
                let topics = request.head.queryItems["topics"] ?? "*"
                try audience.add(topics.split(separator: ",").map(String.init))
                return stream(audience)
            },
        ]
    }

    private static var options: WebSocketOptions {
        var options = WebSocketOptions()
        options.messageLimit = 64 << 10
        return options
    }

    /// A browser can set no header field on these, so the token may come in the query (RFC 6750 §2.3). Users hear of
    /// what is theirs; who looks after all hears of everything.
    private func audience(of request: Request) async throws -> Audience {
        let visitor = try await door.admit(
            request, to: .signedIn, orToken: request.head.query == nil ? nil : request.head.queryItems["access_token"])
        if case .user(let id, let role) = visitor.caller, role < .moderator { return Audience(owner: id) }
        return Audience(owner: nil)
    }

    // MARK: WebSocket

    private struct Wish: Decodable { let subscribe: [String]?, unsubscribe: [String]? }

    private func converse(_ socket: WebSocket, _ first: Audience) async throws {
        var audience = first, joined: Audience?
        defer { hub.move(socket, from: joined, to: nil) }
        while let message = try await socket.receive() {
            do {
                let wish = try JSON.decode(Wish.self, from: message.bytes)
                audience.patterns.subtract(wish.unsubscribe ?? [])
                try audience.add(wish.subscribe ?? [])
            } catch {
                let problem = (error as? Problem)?.detail ?? "say {\"subscribe\":[\"order.*\"]} or unsubscribe"
                try await socket.send(String(decoding: try JSON.encode(["error": problem]), as: UTF8.self))
                continue
            }
            let next = audience.patterns.isEmpty ? nil : audience
            hub.move(socket, from: joined, to: next)
            joined = next
            let answer = try JSON.encode(["subscribed": audience.patterns.sorted()])
            try await socket.send(String(decoding: answer, as: UTF8.self))
        }
    }

    // MARK: Server-Sent Events

    private func stream(_ audience: Audience) -> Response {
        .events { stream in
            let (events, listener) = hub.listen(audience)
            defer { hub.leave(listener) }
            for await event in events {
                try await stream.send(
                    .init(id: event.id, event: event.topic, data: String(decoding: event.json, as: UTF8.self)))
            }
        }
    }
}

extension Audience {
    mutating func add(_ more: [String]) throws(Problem) {
        let all = patterns.union(more)
        guard all.count <= Self.mostPatterns, all.allSatisfy({ 1...Self.longestPattern ~= $0.utf8.count }) else {
            throw Problem(.badRequest, detail: "at most 64 topics, of 128 characters each")
        }
        patterns = all
    }
}

/// Which events are wanted.
struct EventFilter: Decodable, Described, Sendable {
    let topic: String?, limit: Int?

    static var schema: Schema {
        Schema(of: Self.self).with("topic", .text().summary("`order.created`, `order.*` or `*`, which is all"))
            .with("limit", .whole().summary("How many at most; 100 by default, never more than 500"))
    }
}

extension EventHub {
    func recent(_ filter: EventFilter) -> Response {
        let wanted = Audience(patterns: [filter.topic ?? "*"], owner: nil)
        let events = recent(wanted, limit: min(max(filter.limit ?? 100, 0), 500)).map(\.json)
        return .bytes(
            [UInt8(ascii: "[")] + events.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")], .json)
    }
}

/// Hears what services tell, and goes on hearing when the broker was away.
struct EventFeed: Service {
    let name = "live events"
    let hub: EventHub
    let broker: any Broker
    let clockwork: Clockwork

    func run(_ life: Life) async throws {
        life.started()
        try await life.untilStop {
            while true {
                if let events = try? await broker.follow(EventName.told) {
                    for await event in events { hub.tell(event) }
                }
                try await clockwork.sleep(.seconds(1))
            }
        }
    }
}

extension EventName {
    /// All that services tell each other; a test compares it with their contracts.
    package static let told: [EventName] = [
        "user.created", "user.updated", "user.deleted", "order.created", "order.paid", "order.cancelled",
        "payment.completed", "payment.failed", "payment.refunded", "channel.created", "channel.message-received",
        "trading-signal.received", "trading-signal.updated", "copy-order.requested", "market.price",
    ]
}
