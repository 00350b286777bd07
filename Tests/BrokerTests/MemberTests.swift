import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindRuntime
import TradewindTesting

/// What several programs have handled, in the order in which they said so.
private final class Report: Sendable {
    private let lines = Lock<[(who: Int, key: String, number: Int)]>([])

    func note(_ line: String, by who: Int) {
        let parts = line.split(separator: ":")
        guard parts.count == 2, let number = Int(parts[1]) else { return }
        lines.withLock { $0.append((who, String(parts[0]), number)) }
    }

    func count(by who: Int) -> Int { lines.withLock { $0.count { $0.who == who } } }
    var numbers: Set<Int> { lines.withLock { Set($0.map(\.number)) } }

    /// What an inbox lets through.
    func firsts(of key: String) -> [Int] {
        var known: Set<Int> = []
        return lines.withLock { $0 }.filter { $0.key == key && known.insert($0.number).inserted }.map(\.number)
    }
}

@Suite(.serialized) struct `Programs that share the messages of a group` {
    private static let keys = 48

    private func publish(_ numbers: Range<Int>, to topic: EventName, at site: Site) async throws {
        let events = numbers.map { number in
            let key = "key-\(number % Self.keys)"
            return Envelope(id: Clockwork.live.newUUID(), topic: topic, key: key, body: Array("\(key):\(number)".utf8))
        }
        let results = await site.broker.publish(events, late: { _ in })
        #expect(results.allSatisfy { $0 == .acknowledged })
    }

    @Test(arguments: Carrier.outside, 1...3)
    func `go on within ten seconds when one of them is killed, and take it back`(
        carrier: Carrier, members: Int
    ) async throws {
        try await carrier.use { site in
            let (topic, report) = (site.topic("parcel.sent"), Report())
            try await site.broker.prepare([topic])
            let start = { @Sendable (who: Int) in
                try Program(["take", carrier.rawValue, site.address, site.name("store"), topic.description]) {
                    report.note($0, by: who)
                }
            }
            let programs = Lock(try (0..<members).map(start))
            defer { for program in programs.withLock({ $0 }) { program.kill() } }
            let sent = Lock(0)
            let untilTaken = { @Sendable (by: [Int]) in
                let before = by.map { report.count(by: $0) }
                try await eventually("messages at \(by)") {
                    let next = sent.withLock { $0 }
                    try await publish(next..<next + 200, to: topic, at: site)
                    sent.withLock { $0 += 200 }
                    return zip(by, before).allSatisfy { report.count(by: $0) > $1 }
                }
            }
            try await untilTaken(Array(0..<members))
            programs.withLock { $0[0] }.kill()
            let next = sent.withLock { $0 }
            try await publish(next..<next + 200, to: topic, at: site)
            sent.withLock { $0 += 200 }
            // Alone, it is its own successor.
            if members == 1 { try programs.withLock { $0.append(try start(members)) } }
            let clock = ContinuousClock(), killed = clock.now
            try await eventually("all of it") { report.numbers.count == sent.withLock { $0 } }
            #expect(clock.now - killed < .seconds(10) * (soon / .seconds(2)), "\(clock.now - killed)")
            if members > 1 {
                try programs.withLock { $0.append(try start(members)) }
                try await untilTaken(Array(1...members))
                try await eventually("the rest") { report.numbers.count == sent.withLock { $0 } }
            }
            for key in 0..<Self.keys {
                let numbers = report.firsts(of: "key-\(key)")
                #expect(numbers == numbers.sorted(), "key-\(key)")
            }
        }
    }
}
