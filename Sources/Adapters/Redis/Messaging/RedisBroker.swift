internal import TradewindDomain
internal import TradewindLocks
package import TradewindMessaging
internal import TradewindReactor

/// Messages through Redis: a topic is some streams, its lanes, and an event's key says which of them it goes to.
package final class RedisBroker: Broker {
    package struct Settings: Sendable {
        /// Streams of a topic, so members of a group that can work on it at a time. Counts for topics that are new:
        /// what was once decided stands in Redis, or keys would change their lanes.
        package var lanes = 8
        /// Entries that a lane keeps after all groups have settled them, for groups to come and for people. What a
        /// group has not settled always stays, so a group that nobody needs must be removed (`XGROUP DESTROY`).
        package var kept = 10_000
        /// Larger events are refused.
        package var largest = 16 << 20
        /// How long after its last sign of life a member's lanes go to others. A sixth of it is how often members give
        /// that sign, and how soon they see that one has come or gone.
        package var lease = Duration.seconds(3)
        package init() {}
    }

    let client: RedisClient
    let settings: Settings
    private let laneCounts = Lock<[EventName: Int]>([:])
    /// Events of ours since a lane was last shortened.
    let untrimmed = Lock<[Lane: Int]>([:])
    private let open = Lock(Open())
    private let hearing: Hearing

    private struct Open {
        var isClosed = false
        var nextID = 0
        var parts: [Int: @Sendable () async -> Void] = [:]
    }

    package init(_ client: RedisClient, settings: Settings = Settings()) {
        (self.client, self.settings) = (client, settings)
        hearing = Hearing(client)
    }

    package var deadLetters: any DeadLetters { RedisDeadLetters(client: client) }

    package func prepare(_ topics: [EventName]) async throws(BrokerFailure) { _ = try await lanes(of: topics) }

    package func join(_ group: String, of topics: [EventName]) async throws(BrokerFailure) -> any MessageSource {
        let lanes = try await lanes(of: topics)
        // Before the first event after this call, so that none is trimmed that the group has not seen.
        var request = RedisRequest()
        for lane in lanes { request.add("XGROUP", "CREATE", lane.key, group, "0", "MKSTREAM") }
        for answer in try await send(request) {
            guard let complaint = answer.complaint, complaint.code != "BUSYGROUP" else { continue }
            // A stranger's key where a lane should be: the other lanes can do without this one.
            if complaint.code != "WRONGTYPE" { throw BrokerFailure(.complaint(complaint)) }
        }
        let source = RedisSource(group, of: lanes, lease: settings.lease, client)
        try await source.start()
        guard keep({ [weak source] in await source?.close() }) else {
            await source.close()
            throw Self.closed
        }
        return source
    }

    package func follow(_ topics: [EventName]) async throws(BrokerFailure) -> AsyncStream<Delivery> {
        let follower = Follower(client, try await lanes(of: topics))
        let stream = try await follower.begin()
        guard keep({ [weak follower] in follower?.end() }) else {
            follower.end()
            throw Self.closed
        }
        return stream
    }

    package func broadcast(_ body: [UInt8], on channel: EventName) async throws(BrokerFailure) {
        _ = try await translating { () throws(RedisError) in try await client("PUBLISH", channel.description, body) }
    }

    package func listen(to channel: EventName) async throws(BrokerFailure) -> AsyncStream<[UInt8]> {
        try await translating { () throws(RedisError) in try await hearing.listen(to: channel.description) }
    }

    package func backlog(
        of group: String, _ topics: [EventName]
    ) async throws(BrokerFailure) -> [EventName: Int] {
        let lanes = try await lanes(of: topics)
        var request = RedisRequest()
        for lane in lanes {
            request.add("XLEN", lane.key)
            request.add("XINFO", "GROUPS", lane.key)
        }
        let answers = try await send(request)
        var backlog: [EventName: Int] = [:]
        for (index, lane) in lanes.enumerated() where 2 * index + 1 < answers.count {
            let length = answers[2 * index].integer ?? 0
            let groups = answers[2 * index + 1].array ?? []
            let own = groups.first { $0["name"]?.text == group }
            // Not delivered, and delivered but not settled. Redis does not know the former after an entry was removed
            // by hand from the middle.
            let count = own.map { ($0["lag"]?.integer ?? length) + ($0["pending"]?.integer ?? 0) } ?? length
            backlog[lane.topic, default: 0] += count
        }
        return backlog
    }

    /// Redis answers this with a complaint when it is loading or cannot write to its disk.
    package func check() async throws(BrokerFailure) {
        _ = try await translating { () throws(RedisError) in try await client("PING") }
    }

    package func close() async {
        let parts = open.withLock { open in
            open.isClosed = true
            defer { open.parts = [:] }
            return Array(open.parts.values)
        }
        await withDiscardingTaskGroup { group in
            for part in parts { group.addTask { await part() } }
            group.addTask { await self.hearing.close() }
        }
    }

    private static let closed = BrokerFailure(.unavailable, "the broker is closed")

    /// To be closed with the broker. False when that is closed already.
    private func keep(_ close: @escaping @Sendable () async -> Void) -> Bool {
        open.withLock { open in
            guard !open.isClosed else { return false }
            open.nextID += 1
            open.parts[open.nextID] = close
            return true
        }
    }

    func send(_ request: RedisRequest) async throws(BrokerFailure) -> [RedisValue] {
        try await translating { () throws(RedisError) in try await client.send(request) }
    }

    // MARK: Lanes

    func knownLaneCount(of topic: EventName) -> Int? { laneCounts.withLock { $0[topic] } }

    func lanes(of topics: [EventName]) async throws(BrokerFailure) -> [Lane] {
        let unknown = topics.filter { knownLaneCount(of: $0) == nil }
        if !unknown.isEmpty {
            let counts = try await laneCounts(of: unknown)
            laneCounts.withLock { $0.merge(counts) { _, new in new } }
        }
        return topics.flatMap { topic in (0..<(knownLaneCount(of: topic) ?? 0)).map { Lane(topic, $0) } }
    }

    private func laneCounts(of topics: [EventName]) async throws(BrokerFailure) -> [EventName: Int] {
        var request = RedisRequest()
        for topic in topics {
            request.add("SET", topic.laneCountKey, settings.lanes, "NX")
            request.add("GET", topic.laneCountKey)
        }
        let answers = try await send(request)
        var counts: [EventName: Int] = [:]
        for (index, topic) in topics.enumerated() where 2 * index + 1 < answers.count {
            for answer in answers[2 * index...2 * index + 1] {
                if let complaint = answer.complaint { throw BrokerFailure(.complaint(complaint)) }
            }
            guard let count = answers[2 * index + 1].integer, 1...1_024 ~= count else {
                throw BrokerFailure(.refused, "Redis: \(topic.laneCountKey) is not a number from 1 to 1024")
            }
            counts[topic] = count
        }
        return counts
    }
}
