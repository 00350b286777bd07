internal import TradewindDomain
internal import TradewindLocks
package import TradewindMessaging
internal import TradewindReactor

extension RedisBroker {
    package func publish(
        _ events: [Envelope], late: @escaping @Sendable (_ index: Int) -> Void
    ) async -> [PublishResult] {
        var topics: [EventName] = []
        for event in events where !topics.contains(event.topic) { topics.append(event.topic) }
        do throws(BrokerFailure) {
            _ = try await lanes(of: topics)
        } catch {
            return events.map { _ in .unavailable("\(error)") }
        }
        let line = client.line
        return await withCheckedContinuation { caller in
            line.loop.execute { Publication(events, of: self, on: line) { caller.resume(returning: $0) }.begin() }
        }
    }

    /// Each process does so after its own events; nobody waits for it.
    fileprivate func trim(_ lane: Lane, after count: Int, on line: Line) {
        let isDue = untrimmed.withLock { untrimmed in
            untrimmed[lane, default: 0] += count
            guard untrimmed[lane, default: 0] >= max(settings.kept / 16, 100) else { return false }
            untrimmed[lane] = 0
            return true
        }
        if isDue { line.run(Scripts.trim, keys: [lane.key], [settings.kept]) { _ in } }
    }
}

/// A batch on its way. The events of a lane travel as one transaction: Redis takes all of them or none, so that after
/// one that it refuses none of its key arrives. Lanes travel side by side, the first while the last are still written.
///
/// Safety: `@unchecked Sendable` because it is confined to the loop of its line.
@safe private final class Publication: @unchecked Sendable {
    private let events: [Envelope]
    private let broker: RedisBroker
    private let line: Line
    private let done: ([PublishResult]) -> Void
    // Unchecked exclusivity: single loads and stores on the loop.
    @safe @exclusivity(unchecked) private var results: [PublishResult]
    private var open = 0

    /// A transaction of more than this many bytes is cut, and its parts wait for each other.
    private static let most = 1 << 20

    init(_ events: [Envelope], of broker: RedisBroker, on line: Line, _ done: @escaping ([PublishResult]) -> Void) {
        (self.events, self.broker, self.line, self.done) = (events, broker, line, done)
        results = Array(repeating: .unavailable("it was not sent"), count: events.count)
    }

    func begin() {
        let lanes = sorted()
        open = lanes.count + 1
        for (lane, indices) in lanes { send(indices[...], to: lane) }
        finish()
    }

    private func finish() {
        open -= 1
        if open == 0 { done(results) }
    }

    /// By lanes, the lanes in the order of their first event. What is too large is left out, with all that follow of
    /// its key.
    private func sorted() -> [(Lane, [Int])] {
        struct Key: Hashable { let topic: EventName, key: String }
        var lanes: [(Lane, [Int])] = []
        var places: [Lane: Int] = [:]
        var refused: Set<Key> = []
        for (index, event) in events.enumerated() {
            let count = event.body.count
            if count > broker.settings.largest {
                results[index] = .refused("\(count) bytes are too many; at most \(broker.settings.largest) are sent")
                if !event.key.isEmpty { refused.insert(Key(topic: event.topic, key: event.key)) }
            } else if !refused.isEmpty, refused.contains(Key(topic: event.topic, key: event.key)) {
                results[index] = .refused("an event of its key before it was refused")
            } else {
                let lane = event.topic.lane(for: event, of: broker.knownLaneCount(of: event.topic) ?? 1)
                if let place = places[lane] {
                    lanes[place].1.append(index)
                } else {
                    places[lane] = lanes.count
                    lanes.append((lane, [index]))
                }
            }
        }
        return lanes
    }

    private func send(_ indices: ArraySlice<Int>, to lane: Lane) {
        var count = 0, bytes = 0
        for index in indices {
            if count > 0, bytes + events[index].body.count > Self.most { break }
            (count, bytes) = (count + 1, bytes + events[index].body.count + 128)
        }
        let (now, later) = (indices.prefix(count), indices.dropFirst(count))
        line.send(request(now, bytes, lane)) { [self] answer in
            let isTaken = note(answer, for: now)
            broker.trim(lane, after: count, on: line)
            guard !later.isEmpty else { return finish() }
            if isTaken { return send(later, to: lane) }
            for index in later { results[index] = .unavailable("the events before it were not taken") }
            finish()
        }
    }

    private func request(_ indices: ArraySlice<Int>, _ bytes: Int, _ lane: Lane) -> RedisRequest {
        var request = RedisRequest()
        request.reserve(bytes + 64)
        let key = lane.key
        if indices.count > 1 { request.add("MULTI") }
        for index in indices {
            let event = events[index]
            request.begin(words: 7 + 2 * event.headers.count)
            request.add(word: "XADD")
            request.add(word: key)
            request.add(word: "*")
            request.add(word: "key")
            request.add(word: event.key)
            request.add(word: "body")
            request.add(word: event.body)
            for (name, value) in event.headers {
                request.add(word: name)
                request.add(word: value)
            }
        }
        if indices.count > 1 { request.add("EXEC") }
        return request
    }

    /// Whether Redis took all of them.
    private func note(_ answer: Ticket.Answer, for indices: ArraySlice<Int>) -> Bool {
        let outcomes: [PublishResult]
        switch answer {
        case .failure(let error): outcomes = indices.map { _ in .unavailable("\(error)") }
        case .success(let values):
            if indices.count == 1 {
                outcomes = values.prefix(1).map(\.published)
            } else if let taken = values.last?.array {
                outcomes = taken.map(\.published)
            } else {
                // The first complaint says what was wrong; that of EXEC only that something was.
                let complaint = values.first { $0.complaint != nil } ?? .null
                outcomes = indices.map { _ in complaint.published }
            }
        }
        var isTaken = true
        for (index, outcome) in zip(indices, outcomes) {
            results[index] = outcome
            if outcome != .acknowledged { isTaken = false }
        }
        return isTaken
    }
}

extension RedisValue {
    fileprivate var published: PublishResult {
        switch self {
        case .bytes: .acknowledged
        case .complaint(let complaint) where complaint.isPassing: .unavailable("Redis: \(complaint)")
        case .complaint(let complaint): .refused("Redis: \(complaint)")
        default: .unavailable("Redis answered something else than the place of an entry")
        }
    }
}
