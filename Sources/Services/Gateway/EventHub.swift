internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindHTTPServer
internal import TradewindJSON
internal import TradewindLocks
internal import TradewindMessaging

/// Something that a service told, as clients get it.
struct LiveEvent: Sendable {
    let topic: String, id: String, json: [UInt8]
    /// Whose it is, if it is of somebody.
    let user: UUID?

    /// Nil for what is no CloudEvent: it will be a dead letter, and clients need not stumble over it.
    init?(_ delivery: Delivery) {
        var event: JSONValue
        guard let body = try? JSONValue.parse(delivery.body) else { return nil }
        if delivery.headers["ce_specversion"] == nil {
            event = body
        } else {
            // CloudEvents in binary mode keep their attributes beside the data.
            var object = JSONObject()
            for (name, value) in delivery.headers.sorted(by: { $0.key < $1.key }) where name.hasPrefix("ce_") {
                object[String(name.dropFirst(3))] = .string(value)
            }
            object["data"] = body
            event = .object(object)
        }
        guard let id = event["id"]?.string else { return nil }
        (topic, self.id) = (delivery.topic.description, id)
        json = delivery.headers["ce_specversion"] == nil ? delivery.body : event.serialized()
        user = event["data"]?["userId"]?.string.flatMap { UUID($0) }
    }
}

/// Which events somebody wants and may have. Those that want and may have the same are one group.
struct Audience: Hashable, Sendable {
    /// `order.*`, `*`, `order.created`: a star stands for anything.
    var patterns: Set<String> = []
    /// Whose events alone; nil for everybody's.
    let owner: UUID?

    static let mostPatterns = 64, longestPattern = 128

    func hears(_ event: LiveEvent) -> Bool {
        if let owner, event.user != owner { return false }
        return patterns.contains { Self.matches($0, event.topic) }
    }

    static func matches(_ pattern: String, _ topic: String) -> Bool {
        guard let star = pattern.firstIndex(of: "*") else { return pattern == topic }
        let (head, tail) = (pattern[..<star], pattern[pattern.index(after: star)...])
        return topic.utf8.count >= head.utf8.count + tail.utf8.count && topic.hasPrefix(head) && topic.hasSuffix(tail)
    }
}

/// Gives on what services tell, to whoever is listening at the moment, and remembers the latest.
final class EventHub: Sendable {
    private struct Crowd {
        let sockets = WebSocketGroup()
        var members = 0
    }
    private struct Listener {
        let audience: Audience
        let feed: AsyncStream<LiveEvent>.Continuation
    }
    private struct State {
        var crowds: [Audience: Crowd] = [:]
        var listeners: [Int: Listener] = [:]
        var nextListener = 0
        /// In a ring.
        var latest: [LiveEvent] = []
        var oldest = 0

        mutating func remember(_ event: LiveEvent, most: Int) {
            if latest.count < most { return latest.append(event) }
            latest[oldest] = event
            oldest = (oldest + 1) % most
        }
    }
    private let state = Lock(State())
    private static let remembered = 500

    func tell(_ delivery: Delivery) {
        guard let event = LiveEvent(delivery) else { return }
        let (crowds, listeners) = state.withLock { state in
            state.remember(event, most: Self.remembered)
            return (
                state.crowds.filter { $0.key.hears(event) }.map(\.value.sockets),
                state.listeners.filter { $0.value.audience.hears(event) }
            )
        }
        if !crowds.isEmpty {
            let message = WebSocketMessage(.text, event.json)
            for crowd in crowds { crowd.send(message) }
        }
        for (_, listener) in listeners {
            // Who cannot follow is let go, and a browser comes back by itself.
            if case .dropped = listener.feed.yield(event) { listener.feed.finish() }
        }
    }

    /// The latest first.
    func recent(_ wanted: Audience, limit: Int) -> [LiveEvent] {
        let (latest, oldest) = state.withLock { ($0.latest, $0.oldest) }
        return Array((latest[oldest...] + latest[..<oldest]).reversed().lazy.filter(wanted.hears).prefix(limit))
    }

    func move(_ socket: WebSocket, from old: Audience?, to new: Audience?) {
        state.withLock { state in
            if let old, let crowd = state.crowds[old] {
                crowd.sockets.remove(socket)
                state.crowds[old]?.members -= 1
                if crowd.members == 1 { state.crowds[old] = nil }
            }
            if let new {
                state.crowds[new, default: Crowd()].members += 1
                state.crowds[new]?.sockets.add(socket)
            }
        }
    }

    func listen(_ audience: Audience, waiting: Int = 256) -> (events: AsyncStream<LiveEvent>, listener: Int) {
        let (events, feed) = AsyncStream.makeStream(of: LiveEvent.self, bufferingPolicy: .bufferingOldest(waiting))
        let listener = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = Listener(audience: audience, feed: feed)
            return state.nextListener
        }
        return (events, listener)
    }

    func leave(_ listener: Int) { state.withLock { _ = $0.listeners.removeValue(forKey: listener) } }
}
