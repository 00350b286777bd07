internal import TradewindBrokers
internal import TradewindDatabases
internal import TradewindDomain
internal import TradewindKafka
internal import TradewindLocks
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindReactor
internal import TradewindRedis
internal import TradewindRuntime
internal import TradewindTesting

// From the call of `publish` to that of the handler, in one process and through a broker: at a hundred events a second,
// then at half of what passes at most. An event that falls due while others are being sent has waited since it was due.

private let size = 400, keys = 100

func latencyEmbedded() async throws { try await passing("Embedded", .embedded) }

func latencyRedis() async throws {
    let server = try await RedisServer.start(options: "--appendonly no")
    defer { server.stop() }
    var settings = RedisSettings()
    settings.port = server.port
    try await passing("Redis", .redis(settings))
}

func latencyKafka() async throws {
    guard let server = try await KafkaServer.alone() else { return print("Kafka: TRADEWIND_KAFKA names no program") }
    defer { server.stop() }
    try await passing("Kafka", .kafka(KafkaSettings(server.brokers)))
}

private func passing(_ name: String, _ choice: BrokerChoice) async throws {
    let workers = WorkerPool(threads: 2, queueLimit: 64)
    defer { workers.shutDown() }
    let loops = try EventLoopGroup(count: 1)
    defer { loops.shutDown() }
    let letters = try DatabaseURL.memory.open(
        DatabaseLimits(connections: 1, statementTimeout: .seconds(30)), on: loops, workers: workers)
    try await Migrator(letters).migrate(BrokerChoice.deadLetters, at: Clockwork.live.now())
    let passage = Passage(try choice.open(on: loops, workers: workers) { letters })
    try await passage.open(executors: loops.loops) {
        _ = try await passage.saturated(20_000)
        let slow = try await passage.times(of: 1_000, rate: 100)
        let rates = [
            try await passage.saturated(100_000), try await passage.saturated(100_000),
            try await passage.saturated(100_000),
        ]
        let half = median(rates) / 2
        let fast = try await passage.times(of: Int(half * 4), rate: half)
        print(
            "Latency-\(name) p50_ms=\(slow.part(0.5)) p99_ms=\(slow.part(0.99)) half=\(Int(half))",
            "half_p50_ms=\(fast.part(0.5)) half_p99_ms=\(fast.part(0.99))")
    }
    await passage.broker.close()
    await letters.close()
}

/// A topic with one consumer, and when each of its events was sent and handled.
private final class Passage: Sendable {
    private struct State {
        var sent: [Instant] = []
        var took: [Double] = []
        /// Of the events of this round, the first one's number.
        var base = 0
    }

    let broker: any Broker
    private let topic = EventName("latency-\(Clockwork.live.newUUID())")
    private let state = Lock(State())

    init(_ broker: any Broker) { self.broker = broker }

    private var handled: Int { state.withLock { $0.took.count } }

    func open(executors: [EventLoop], _ body: () async throws -> Void) async throws {
        let subscription = Subscription(topic) { [self] delivery in
            let number = delivery.body.prefix { $0 != 0x20 }.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            let now = Instant.now()
            state.withLock { state in
                guard state.sent.indices.contains(number - state.base) else { return }
                state.took.append((now - state.sent[number - state.base]) / .milliseconds(1))
            }
        }
        let consumer = Consumer("latency", on: broker, [subscription], clockwork: .live, executors: executors)
        let (joined, hasJoined) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup { group in
            group.addTask { await consumer.run { hasJoined.finish() } }
            for await _ in joined {}
            try await body()
            consumer.stop()
            try await group.waitForAll()
        }
    }

    /// Events a second, as many as pass.
    func saturated(_ count: Int) async throws -> Double {
        begin()
        let start = Instant.now()
        for first in stride(from: 0, to: count, by: 1_000) {
            while first - handled > 10_000 { try await Task.sleep(for: .milliseconds(1)) }
            try await send(Array(repeating: .now(), count: 1_000))
        }
        try await untilHandled(count)
        return Double(count) / ((Instant.now() - start) / .seconds(1))
    }

    /// Milliseconds of each.
    func times(of count: Int, rate: Double) async throws -> [Double] {
        begin()
        let start = Instant.now()
        var (sent, hasWaited) = (0, true)
        while sent < count {
            let now = Instant.now()
            let due = min(count, Int((now - start) / .seconds(1) * rate) + 1)
            if due > sent {
                let next = sent..<min(due, sent + 1_000)
                try await send(next.map { hasWaited ? now : start + .seconds(Double($0) / rate) })
                (sent, hasWaited) = (next.upperBound, false)
            } else {
                try await Task.sleep(for: .seconds(max(0.0005, Double(sent) / rate) - (now - start) / .seconds(1)))
                hasWaited = true
            }
        }
        try await untilHandled(count)
        return state.withLock { $0.took.sorted() }
    }

    private func begin() {
        state.withLock { state in
            state.base += state.sent.count
            (state.sent, state.took) = ([], [])
        }
    }

    private func send(_ moments: [Instant]) async throws {
        let first = state.withLock { state in
            defer { state.sent += moments }
            return state.base + state.sent.count
        }
        let events = moments.indices.map { index in
            let text = "\(first + index) "
            let body = Array(text.utf8) + Array(repeating: UInt8(ascii: "x"), count: size - text.utf8.count)
            return Envelope(
                id: Clockwork.live.newUUID(), topic: topic, key: "key-\((first + index) % keys)", body: body)
        }
        let results = await broker.publish(events, late: { _ in })
        guard results.allSatisfy({ $0 == .acknowledged || $0 == .inHand }) else {
            throw DidNotHappen("an acknowledgement: \(results)")
        }
    }

    private func untilHandled(_ count: Int) async throws {
        while handled < count { try await Task.sleep(for: .milliseconds(1)) }
    }
}

extension [Double] {
    /// Of sorted figures, to the microsecond.
    fileprivate func part(_ part: Double) -> Double {
        isEmpty ? 0 : (self[Swift.min(count - 1, Int(Double(count) * part))] * 1_000).rounded() / 1_000
    }
}
