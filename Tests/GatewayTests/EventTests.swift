import Gateway
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindHTTPClient
import TradewindJSON
import TradewindLocks
import TradewindMessaging
import TradewindRuntime
import TradewindTesting

@Suite struct `Live events` {
    private func withEvents(
        _ change: @escaping @Sendable (inout Front.Making) -> Void = { _ in },
        _ body: @escaping @Sendable (Front, any Broker) async throws -> Void
    ) async throws {
        try await withCarrier { broker in
            try await Front.open(at: ["http://127.0.0.1:1"]) {
                $0.broker = broker
                change(&$0)
            } _: { front in
                try await front.running {
                    // The first that arrives shows that the gateway listens.
                    try await eventually {
                        await broker.tell("order.paid", of: alice, id: "first")
                        return try await front.ask(.get, "/api/events/recent", headers: admin()).read().contains(
                            "first")
                    }
                    try await body(front, broker)
                }
            }
        }
    }

    /// One process has one broker.
    private func withCarrier(_ body: @escaping @Sendable (any Broker) async throws -> Void) async throws {
        try await Carrier.embedded.open { try await body($0.broker) }
    }

    @Test func `reach who subscribed to their topics, until that is taken back`() async throws {
        try await withEvents { front, broker in
            let socket = try await front.client.webSocket("\(front.url)/ws")
            try await socket.send(#"{"subscribe":["order.*","user.deleted"]}"#)
            #expect(try await socket.text() == #"{"subscribed":["order.*","user.deleted"]}"#)
            await broker.tell("user.created", of: alice, id: "not heard")
            await broker.tell("order.created", of: alice, id: "one")
            await broker.tell("user.deleted", of: alice, id: "two")
            #expect(try await socket.text().contains("\"id\":\"one\""))
            #expect(try await socket.text().contains("\"id\":\"two\""))
            try await socket.send(#"{"unsubscribe":["order.*"]}"#)
            #expect(try await socket.text() == #"{"subscribed":["user.deleted"]}"#)
            await broker.tell("order.created", of: alice, id: "not heard")
            await broker.tell("user.deleted", of: alice, id: "three")
            #expect(try await socket.text().contains("\"id\":\"three\""))
            await socket.close()
        }
    }

    @Test(arguments: ["no json", "[]", #"{"subscribe":"order.*"}"#, #"{"subscribe":[""]}"#])
    func `are not promised to who asks wrongly, and the next wish counts`(wish: String) async throws {
        try await withEvents { front, _ in
            let socket = try await front.client.webSocket("\(front.url)/ws")
            try await socket.send(wish)
            #expect(try await socket.text().hasPrefix(#"{"error":"#))
            try await socket.send(#"{"subscribe":["*"]}"#)
            #expect(try await socket.text() == #"{"subscribed":["*"]}"#)
            await socket.close()
        }
    }

    @Test func `come as server-sent events, too`() async throws {
        try await withEvents { front, broker in
            var pieces = try await front.ask(.get, "/api/stream?topics=order.created,payment.*").body.pieces()
            var text = ""
            try await eventually {
                await broker.tell("order.paid", of: alice, id: "not heard")
                await broker.tell("payment.failed", of: alice, id: "heard")
                text += String(decoding: try await pieces.next() ?? [], as: UTF8.self)
                return text.contains("id: heard\n")
            }
            #expect(text.contains("event: payment.failed\n") && !text.contains("not heard"))
        }
    }

    @Test func `of others are for those who look after all`() async throws {
        try await withEvents {
            $0.authRequired = true
        } _: { front, broker in
            await #expect(throws: ClientError.upgradeRefused(.unauthorized)) {
                _ = try await front.client.webSocket("\(front.url)/ws")
            }
            let mine = try await front.client.webSocket("\(front.url)/ws?access_token=\(try token(.user))")
            let all = try await front.client.webSocket(
                "\(front.url)/ws", headers: [.authorization: "Bearer \(try token(.moderator))"])
            for socket in [mine, all] {
                try await socket.send(#"{"subscribe":["*"]}"#)
                #expect(try await socket.text().hasPrefix(#"{"subscribed""#))
            }
            await broker.tell("order.created", of: .zero, id: "another's")
            await broker.tell("order.created", of: alice, id: "mine")
            #expect(try await mine.text().contains("\"id\":\"mine\""))
            #expect(try await all.text().contains("\"id\":\"another's\""))
            for path in ["/api/events/recent", "/api/dlq", "/api/traces", "/api/outbox"] {
                let answer = try await front.ask(
                    .get, path, headers: [.authorization: "Bearer \(try token(.moderator))"])
                #expect(answer.status == .forbidden, "\(path)")
            }
            await mine.close()
            await all.close()
        }
    }

    @Test func `of late can be looked at, the latest first`() async throws {
        try await withEvents { front, broker in
            for number in 1...510 { await broker.tell("order.created", of: alice, id: "e\(number)") }
            try await eventually {
                try await front.ask(.get, "/api/events/recent?limit=1").read().contains("\"e510\"")
            }
            let all = try JSONValue.parse(try await front.ask(.get, "/api/events/recent?limit=1000").read())
            #expect(all.array?.count == 500 && all[499]?["id"] == "e11")
            let paid = try await front.ask(.get, "/api/events/recent?topic=order.paid").read()
            #expect(paid == "[]")
        }
    }

    @Test func `go on for the others when one is too slow`() async throws {
        try await withEvents { front, broker in
            var options = ClientWebSocketOptions()
            options.deflate = nil
            let slow = try await front.client.webSocket("\(front.url)/ws", options: options)
            try await slow.send(#"{"subscribe":["order.*"]}"#)
            _ = try await slow.text()
            // It reads no more, until what waits for it is too much.
            let padding = String(repeating: "x", count: 60_000)
            for number in 1...400 { await broker.tell("order.created", of: alice, id: "\(number) \(padding)") }
            let other = try await front.client.webSocket("\(front.url)/ws")
            try await other.send(#"{"subscribe":["order.*"]}"#)
            _ = try await other.text()
            await broker.tell("order.created", of: alice, id: "after")
            var heard = ""
            while !heard.contains("after"), heard != "closed" { heard = try await other.text() }
            #expect(heard.contains("after"))
            while try await slow.receive() != nil {}
            #expect(await slow.outcome()?.code == .tryAgainLater)
            await other.close()
        }
    }
}

@Suite struct `Dead letters at the gateway` {
    @Test func `are listed, shown, tried again and dropped`() async throws {
        try await Carrier.embedded.open { site in
            let broker = site.broker
            try await Front.open(at: ["http://127.0.0.1:1"]) {
                $0.broker = broker
            } _: { front in
                let source = try await broker.join("payments", of: ["order.created"])
                let till = Till()
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        while case .deliveries(let deliveries) = await source.next() {
                            for delivery in deliveries where till.isWell.withLock(\.self) {
                                till.handled.withLock { $0.append(String(decoding: delivery.body, as: UTF8.self)) }
                                source.settle([delivery.place])
                            }
                            if till.isWell.withLock(\.self) { continue }
                            for delivery in deliveries { try await source.bury(DeadLetter(delivery)) }
                        }
                    }
                    for id in ["one", "two"] { await broker.tell("order.created", of: alice, id: id) }
                    try await eventually { try await letters(front).count == 2 }
                    let ids = try await letters(front).compactMap { $0["id"]?.string }
                    let shown = try await front.ask(.get, "/api/dlq/\(ids[0])").read()
                    #expect(shown.contains("too bad") && shown.contains("\"id\":\"one\""))
                    till.isWell.withLock { $0 = true }
                    let dropped = try await front.ask(.post, "/api/dlq/\(ids[0])/drop")
                    let replayed = try await front.ask(.post, "/api/dlq/\(ids[1])/replay")
                    let gone = try await front.ask(.post, "/api/dlq/\(ids[1])/replay")
                    #expect(dropped.status == .noContent && replayed.status == .noContent && gone.status == .notFound)
                    let left = try await letters(front)
                    #expect(left.isEmpty)
                    try await eventually { !till.handled.withLock(\.isEmpty) }
                    let again = till.handled.withLock(\.self)
                    #expect(again.count == 1 && again[0].contains("\"id\":\"two\""))
                    group.cancelAll()
                    try await group.waitForAll()
                }
                await source.close()
            }
        }
    }

    private func letters(_ front: Front) async throws -> [JSONValue] {
        try JSONValue.parse(try await front.ask(.get, "/api/dlq").read()).array ?? []
    }
}

private func admin() throws -> HTTPHeaders { [.authorization: "Bearer \(try token(.admin))"] }

/// A consumer that can handle nothing before it is well.
private final class Till: Sendable {
    let isWell = Lock(false), handled = Lock<[String]>([])
}

extension DeadLetter {
    fileprivate init(_ delivery: Delivery) {
        self.init(
            id: .init(delivery.place, of: "payments"), key: delivery.key, body: delivery.body, headers: [:],
            reason: "too bad", attempts: 3, at: .noon)
    }
}

extension Broker {
    /// As a service would.
    fileprivate func tell(_ topic: EventName, of user: UUID, id: String) async {
        let body =
            #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"\#(topic)","data":{"userId":"\#(user)"}}"#
        let event = Envelope(id: Clockwork.live.newUUID(), topic: topic, key: "\(user)", body: Array(body.utf8))
        _ = await publish([event], late: { _ in })
    }
}

extension ClientWebSocket {
    /// The next message.
    fileprivate func text() async throws -> String {
        while true {
            let text = try await receive()?.text ?? "closed"
            // The last of those that a test began with.
            if !text.contains("\"id\":\"first\"") { return text }
        }
    }
}
