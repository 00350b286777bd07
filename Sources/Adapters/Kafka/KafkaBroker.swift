internal import CRdkafka
internal import TradewindDomain
internal import TradewindLocks
package import TradewindMessaging
package import TradewindReactor

/// Kafka, through librdkafka: its threads talk with the brokers, its queues are read on our loops.
package final class KafkaBroker: Broker {
    /// What is broadcast, with the channel as its key.
    static let broadcasts: EventName = "tradewind.broadcast"

    private struct State {
        var producer: Producer?
        var tail: Tail?
        var members: [Membership] = []
        /// Groups in which our name is another's.
        var namesakes: Set<String> = []
        var hasBroadcasts = false
        var isClosed = false
    }

    private let loops: EventLoopGroup
    private let workers: WorkerPool
    private let settings: KafkaSettings
    private let state = Lock(State())

    /// - Parameter workers: for what blocks in librdkafka: topics, offsets, and its end.
    package init(on loops: EventLoopGroup, workers: WorkerPool, settings: KafkaSettings) throws(BrokerFailure) {
        (self.loops, self.workers, self.settings) = (loops, workers, settings)
        let first = try makeProducer()
        state.withLock { $0.producer = first }
    }

    // MARK: Publishing

    package func publish(
        _ events: [Envelope], late: @escaping @Sendable (Int) -> Void
    ) async -> [PublishResult] {
        await send(events)
    }

    func send(_ events: [Envelope], asTombstones: Bool = false) async -> [PublishResult] {
        guard let producer = state.withLock({ $0.producer }) else {
            return events.map { _ in .unavailable(Self.closed.description) }
        }
        return await producer.publish(events, asTombstones: asTombstones)
    }

    private static let closed = BrokerFailure(.unavailable, "the connection to Kafka was closed")

    private func makeProducer() throws(BrokerFailure) -> Producer {
        try Producer(on: loops.next(), workers: workers, settings) { [weak self] in self?.replace($0) }
    }

    /// A producer whose numbers the broker does not accept any more is of no use.
    private func replace(_ old: Producer) {
        let new = try? makeProducer()
        let isTaken = state.withLock { state in
            guard state.producer === old, !state.isClosed else { return false }
            state.producer = new
            return true
        }
        if !isTaken { new?.abandon() }
    }

    package func broadcast(_ body: [UInt8], on channel: EventName) async throws(BrokerFailure) {
        try await prepareBroadcasts()
        // Of what is broadcast nothing is kept, so the id is nobody's.
        let event = Envelope(
            id: UUID(high: 0, low: 0), topic: Self.broadcasts, key: channel.description, body: body)
        switch await send([event]).first {
        case .refused(let reason): throw BrokerFailure(.refused, reason)
        case .unavailable(let reason): throw BrokerFailure(.unavailable, reason)
        default: return
        }
    }

    // MARK: Consuming

    package func join(_ group: String, of topics: [EventName]) async throws(BrokerFailure) -> any MessageSource {
        let letters = DeadLetterBox { [weak self] in
            await self?.send([$0]).first ?? .unavailable(Self.closed.description)
        }
        var settings = settings
        // Were it to insist on its name, the two would put each other out for ever. Without one both have their share.
        if state.withLock({ $0.namesakes.contains(group) }) { settings.member = nil }
        let member = try Membership(group, of: topics, on: loops.next(), workers: workers, settings, letters) {
            [weak self] gone in
            self?.state.withLock { state in
                state.members.removeAll { $0 === gone }
                if gone.isFenced { state.namesakes.insert(group) }
            }
        }
        let isOpen = state.withLock { state in
            if !state.isClosed { state.members.append(member) }
            return !state.isClosed
        }
        guard isOpen else {
            await member.close()
            throw Self.closed
        }
        return member
    }

    package func follow(_ topics: [EventName]) async throws(BrokerFailure) -> AsyncStream<Delivery> {
        let (stream, continuation) = AsyncStream<Delivery>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
        try await listen(topics, continuation) { continuation.yield($0) }
        return stream
    }

    package func listen(to channel: EventName) async throws(BrokerFailure) -> AsyncStream<[UInt8]> {
        try await prepareBroadcasts()
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
        try await listen([Self.broadcasts], continuation) {
            if $0.key == channel.description { continuation.yield($0.body) }
        }
        return stream
    }

    private func listen<Element>(
        _ topics: [EventName], _ continuation: AsyncStream<Element>.Continuation,
        _ take: @escaping @Sendable (Delivery) -> Void
    ) async throws(BrokerFailure) {
        let ends = try await blocking { (administration) throws(BrokerFailure) in
            try administration.offsets(Partitions.end, of: administration.lanes(of: topics))
        }
        let stop = try await tail().listen(ends, take) { continuation.finish() }
        continuation.onTermination = { _ in stop() }
    }

    private func tail() throws(BrokerFailure) -> Tail {
        if let known = state.withLock({ $0.tail }) { return known }
        let new = try Tail(on: loops.next(), workers: workers, settings)
        let kept = state.withLock { state -> Tail? in
            if state.isClosed { return nil }
            state.tail = state.tail ?? new
            return state.tail
        }
        if kept !== new { new.close() }
        guard let kept else { throw Self.closed }
        return kept
    }

    // MARK: Administration

    package func prepare(_ topics: [EventName]) async throws(BrokerFailure) {
        let size: [(String, String)] =
            settings.largestMessage > 1_000_000 ? [("max.message.bytes", "\(settings.largestMessage)")] : []
        let wanted = topics.flatMap { topic in
            [
                Administration.NewTopic(name: topic, partitions: settings.partitions, words: size),
                // One partition: letters are few, and so they stay in the order in which they came.
                .init(name: topic.deadLetters, partitions: 1, words: [("cleanup.policy", "compact")] + size),
            ]
        }
        try await blocking { (administration) throws(BrokerFailure) in try administration.make(wanted) }
    }

    private func prepareBroadcasts() async throws(BrokerFailure) {
        if state.withLock({ $0.hasBroadcasts }) { return }
        let topic = Administration.NewTopic(
            name: Self.broadcasts, partitions: 1,
            words: [("retention.ms", "60000"), ("segment.ms", "60000"), ("cleanup.policy", "delete")])
        try await blocking { (administration) throws(BrokerFailure) in try administration.make([topic]) }
        state.withLock { $0.hasBroadcasts = true }
    }

    package var deadLetters: any DeadLetters { KafkaDeadLetters(broker: self) }

    package func backlog(
        of group: String, _ topics: [EventName]
    ) async throws(BrokerFailure) -> [EventName: Int] {
        try await blocking { (administration) throws(BrokerFailure) in
            try administration.backlog(of: group, topics)
        }
    }

    package func check() async throws(BrokerFailure) {
        _ = try await blocking { (administration) throws(BrokerFailure) in try administration.partitions() }
    }

    /// Runs something that blocks on a worker.
    func blocking<Result: Sendable>(
        _ work: @escaping @Sendable (Administration) throws(BrokerFailure) -> Result
    ) async throws(BrokerFailure) -> Result {
        guard let client = state.withLock({ $0.producer?.client }) else { throw Self.closed }
        let administration = Administration(client: client, settings: settings)
        do {
            return try await workers.run {
                try client.whileOpen { () throws(BrokerFailure) in try work(administration) }
            }
        } catch let error as BrokerFailure {
            throw error
        } catch {
            throw BrokerFailure(.unavailable, "too much is asked of Kafka at a time")
        }
    }

    package var meters: [BrokerMeter] {
        BrokerMeter.ofKafka { [weak self] in
            guard let (producer, members) = self?.state.withLock({ ($0.producer, $0.members) }) else { return [] }
            let clients = [("producer", producer?.client)] + members.map { ($0.group, $0.client) }
            return clients.compactMap { name, client in client?.statistics.map { (name, $0) } }
        }
    }

    // MARK: The end

    /// For who forgets to close.
    deinit {
        let (producer, tail) = state.withLock { ($0.producer, $0.tail) }
        tail?.close()
        producer?.abandon()
    }

    package func close() async {
        let (producer, tail, members) = state.withLock { state in
            defer { (state.producer, state.tail, state.members, state.isClosed) = (nil, nil, [], true) }
            return (state.producer, state.tail, state.members)
        }
        tail?.close()
        await withDiscardingTaskGroup { group in
            for member in members { group.addTask { await member.close() } }
            if let producer { group.addTask { await producer.close(within: .seconds(1)) } }
        }
    }
}
