internal import Foundation
internal import TradewindDomain
internal import TradewindKafka
internal import TradewindMessaging
internal import TradewindReactor
internal import TradewindTesting

// Kafka: 100,000 events of 400 bytes in batches of a thousand, as the outbox relay sends them, each acknowledged by all
// replicas before the next batch; beside Kafka's own producer benchmark with the same size, idempotence and number,
// which is timed by itself, without the start of its Java. Then the time of one event at a time, a hundred a second.

private let count = 100_000, batch = 1_000, size = 400

func kafkaPublishing() async throws {
    guard let server = try await KafkaServer.alone(), let program = KafkaServer.program else {
        return print("Kafka: TRADEWIND_KAFKA names no program")
    }
    defer { server.stop() }
    let workers = WorkerPool(threads: 2, queueLimit: 64)
    defer { workers.shutDown() }
    let loops = try EventLoopGroup(count: 1)
    defer { loops.shutDown() }
    var settings = KafkaSettings(server.brokers)
    if let linger = variable("KAFKA_LINGER") { settings.linger = .microseconds(Int(linger) ?? 500) }
    settings.compression = variable("KAFKA_COMPRESSION").flatMap(KafkaSettings.Compression.init) ?? settings.compression
    let broker = try KafkaBroker(on: loops, workers: workers, settings: settings)
    let (ourTopic, theirTopic): (EventName, EventName) = ("bench.ours", "bench.theirs")
    try await broker.prepare([ourTopic, theirTopic])

    var (ours, theirs): ([Double], [Double]) = ([], [])
    _ = try await publish(broker, ourTopic)
    _ = try perf(program, server.brokers, theirTopic)
    for _ in 1...5 {
        ours.append(try await publish(broker, ourTopic))
        theirs.append(try perf(program, server.brokers, theirTopic))
    }
    let times = try await singles(broker, ourTopic)
    await broker.close()
    let (one, other) = (median(ours), median(theirs))
    print(
        "P5-Kafka ours=\(Int(one)) theirs=\(Int(other)) ratio=\((one / other * 100).rounded() / 100)",
        "single_p50_ms=\(times[times.count / 2]) single_p99_ms=\(times[times.count * 99 / 100])")
}

private func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

/// JSON as events are, of which no two are the same.
private func event(_ number: Int, _ topic: EventName) -> Envelope {
    let id = UUID(high: 1, low: UInt64(number))
    var text = #"{"specversion":"1.0","id":"\#(id)","source":"orders","type":"order.created","time":"#
    text +=
        #""2026-01-01T00:00:00.000Z","subject":"\#(id)","datacontenttype":"application/json","data":{"order":"\#(id)","#
    text += #""user":"\#(UUID(high: 2, low: UInt64(number % 977)))","total":\#(number * 7919 % 1_000_003)"#
    text += String(repeating: " ", count: max(0, size - 2 - text.utf8.count)) + "}}"
    return Envelope(id: id, topic: topic, key: id.description, body: Array(text.utf8))
}

/// Events a second.
private func publish(_ broker: KafkaBroker, _ topic: EventName) async throws -> Double {
    let batches = stride(from: 0, to: count, by: batch).map { start in
        (start..<start + batch).map { event($0, topic) }
    }
    let start = Instant.now()
    for events in batches {
        let results = await broker.publish(events) { _ in }
        guard results.allSatisfy({ $0 == .acknowledged }) else { throw DidNotHappen("an acknowledgement: \(results)") }
    }
    return Double(count) / (Double((Instant.now() - start).wholeNanoseconds) / 1e9)
}

/// Milliseconds of each, sorted.
private func singles(_ broker: KafkaBroker, _ topic: EventName) async throws -> [Double] {
    var times: [Double] = []
    for number in 0..<500 {
        let start = Instant.now()
        _ = await broker.publish([event(number, topic)]) { _ in }
        let took = Double((Instant.now() - start).wholeNanoseconds) / 1e6
        times.append((took * 1_000).rounded() / 1_000)
        try await Task.sleep(for: .milliseconds(10) - .microseconds(min(9_000, took * 1_000)))
    }
    return times.sorted()
}

/// What Kafka's benchmark says of itself: "100000 records sent, 123456.7 records/sec (…".
private func perf(_ program: String, _ brokers: String, _ topic: EventName) throws -> Double {
    let process = Process(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [
        "perf-producer", "--topic", topic.description, "--num-records", "\(count)", "--record-size", "\(size)",
        "--throughput", "-1", "--producer-props", "bootstrap.servers=\(brokers)", "acks=all", "enable.idempotence=true",
    ]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let last = text.split(separator: "\n").last { $0.contains("\(count) records sent") } ?? ""
    guard let rate = last.split(separator: ", ").dropFirst().first?.split(separator: " ").first.flatMap({ Double($0) })
    else { throw DidNotHappen("a result of Kafka's benchmark: \(text)") }
    return rate
}
