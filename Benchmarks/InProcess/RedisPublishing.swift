internal import Foundation
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindReactor
internal import TradewindRedis
internal import TradewindTesting

// P5 on Redis: 100,000 events of about 400 bytes published through the broker in batches of the outbox relay's size,
// each batch acknowledged before the next; beside redis-benchmark, which sends XADD of the same size with as many
// commands in flight over one connection.

private let events = 100_000, batch = 1_000

func publishingToRedis() async throws {
    let server = try await RedisServer.start(options: "--appendonly no")
    defer { server.stop() }
    let workers = WorkerPool(threads: 1, queueLimit: 8)
    defer { workers.shutDown() }
    let group = try EventLoopGroup(count: 1)
    defer { group.shutDown() }
    var settings = RedisSettings()
    settings.port = server.port
    let redis = RedisClient(on: group, workers: workers, settings: settings)
    defer { redis.shutDown() }
    let broker = RedisBroker(redis)
    let batches = (0..<events / batch).map { number in
        (0..<batch).map { envelope(number * batch + $0) }
    }
    var (ours, theirs): ([Double], [Double]) = ([], [])
    _ = try await rate(broker, batches, group.loops[0])
    for _ in 0..<5 {
        try await redis("FLUSHALL")
        ours.append(try await rate(broker, batches, group.loops[0]))
        try await redis("FLUSHALL")
        theirs.append(try redisBenchmark(server))
    }
    await broker.close()
    let (one, other) = (median(ours), median(theirs))
    print("P5-Redis ours=\(Int(one)) theirs=\(Int(other)) ratio=\((one / other * 100).rounded() / 100)")
}

private func envelope(_ number: Int) -> Envelope {
    let id = TradewindDomain.UUID(high: 0x018f_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
    let body = """
        {"specversion":"1.0","id":"\(id)","source":"orders","type":"order.created","time":"2025-06-14T09:26:53.589Z",\
        "subject":"\(id)","datacontenttype":"application/json","dataschema":"order.created/v1",\
        "traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01","requestid":"\(id)",\
        "data":{"order":"\(id)","total":{"amount":"19.99","currency":"EUR"}}}
        """
    return Envelope(id: id, topic: "order.created", key: id.description, body: Array(body.utf8))
}

/// Events a second.
private func rate(_ broker: RedisBroker, _ batches: [[Envelope]], _ loop: EventLoop) async throws -> Double {
    try await Task(executorPreference: loop) {
        let start = Instant.now()
        for batch in batches {
            let results = await broker.publish(batch, late: { _ in })
            guard results.allSatisfy({ $0 == .acknowledged }) else { throw DidNotHappen("published: \(results[0])") }
        }
        return Double(events) / (Double((Instant.now() - start).wholeNanoseconds) / 1e9)
    }.value
}

/// Of what it prints, the line of values: requests a second come second.
private func redisBenchmark(_ server: RedisServer) throws -> Double {
    let output = server.folder + "/benchmark"
    let event = envelope(0)
    let body = String(repeating: "x", count: event.body.count)
    let options = "-p \(server.port) -n \(events) -c 1 -P \(batch) --csv"
    try ShellHelper(
        "redis-benchmark \(options) XADD '{order.created}:0' '*' key \(event.key) body \(body) >\(output) 2>&1", []
    ).end()
    let text = try String(contentsOfFile: output, encoding: .utf8)
    guard let line = text.split(separator: "\n").last, line.hasPrefix("\"XADD"),
        let rate = line.split(separator: "\"").compactMap({ Double($0) }).first
    else { throw DidNotHappen("redis-benchmark: \(text)") }
    return rate
}
