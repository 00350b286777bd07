internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindReactor

/// Reads lanes from now on, for one listener and outside all groups.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop.
@safe final class Follower: @unchecked Sendable {
    private let client: RedisClient
    private let line: Line
    private let lanes: [String: Lane]
    private var last: [String: EntryID] = [:]
    /// Without those in whose place a stranger put something else.
    private var usable: [String]
    private var listener: AsyncStream<Delivery>.Continuation?

    /// What one who is slow may leave unread. Then the oldest are lost to him.
    private static let most = 10_000
    private static let patience = Duration.milliseconds(500)

    init(_ client: RedisClient, _ lanes: [Lane]) {
        self.client = client
        line = client.separateLine(on: client.group.next())
        self.lanes = Dictionary(lanes.map { ($0.key, $0) }) { first, _ in first }
        usable = lanes.map(\.key)
    }

    private var loop: EventLoop { line.loop }

    /// Returns when it is known where "now" is.
    func begin() async throws(BrokerFailure) -> AsyncStream<Delivery> {
        let keys = usable
        var request = RedisRequest()
        for key in keys { request.add("XREVRANGE", key, "+", "-", "COUNT", 1) }
        let answers = try await translating { () throws(RedisError) in try await client.send(request) }
        var ends: [String: EntryID] = [:]
        for (key, answer) in zip(keys, answers) { ends[key] = answer.entries.first?.id }
        let (stream, listener) = AsyncStream.makeStream(
            of: Delivery.self, bufferingPolicy: .bufferingNewest(Self.most))
        listener.onTermination = { [self] _ in end() }
        loop.execute { [self, ends] in
            (last, self.listener) = (ends, listener)
            read()
        }
        return stream
    }

    func end() {
        loop.execute { [self] in
            let listener = listener
            self.listener = nil
            line.close()
            listener?.finish()
        }
    }

    private func read() {
        guard listener != nil else { return }
        if usable.isEmpty { return look() }
        var request = RedisRequest()
        request.begin(words: 6 + 2 * usable.count)
        for word in ["XREAD", "BLOCK", "\(Self.patience.milliseconds)", "COUNT", "200", "STREAMS"] {
            request.add(word: word)
        }
        for key in usable { request.add(word: key) }
        for key in usable { request.add(word: (last[key] ?? .zero).description) }
        line.send(request, blocking: Self.patience) { [self] answer in took(answer) }
    }

    private func took(_ answer: Ticket.Answer) {
        guard let listener else { return }
        guard case .success(let values) = answer, let value = values.first else { return rest() }
        if value.complaint != nil { return look() }
        for stream in value.array ?? [] {
            guard let parts = stream.array, parts.count == 2, let lane = parts[0].text.flatMap({ lanes[$0] }) else {
                continue
            }
            for entry in parts[1].entries {
                last[lane.key] = entry.id
                listener.yield(entry.delivery(in: lane))
            }
        }
        // A stranger's may be gone by now.
        if value.isNull { usable = lanes.keys.sorted() }
        read()
    }

    /// Redis reads all lanes or none, so those that are none are left out for a while.
    private func look() {
        guard listener != nil else { return }
        let keys = lanes.keys.sorted()
        var request = RedisRequest()
        for key in keys { request.add("TYPE", key) }
        line.send(request) { [self] answer in
            guard case .success(let types) = answer else { return rest() }
            usable = zip(keys, types).filter { $0.1.text == "stream" || $0.1.text == "none" }.map(\.0)
            rest()
        }
    }

    private func rest() {
        let again = loop.deadline { [self] in read() }
        loop.set(again, to: loop.now + .milliseconds(100))
    }
}
