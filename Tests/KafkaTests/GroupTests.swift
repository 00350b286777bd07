import Testing
import TradewindKafka
import TradewindLocks
import TradewindMessaging
import TradewindTesting

@Suite struct `A group` {
    @Test func `shares its lanes, and gives those of who leaves to the others`() async throws {
        try await withKafka(partitions: 4) { bench in
            try bench.needsRealKafka()
            let (one, two) = (Member(try await bench.join()), Member(try await bench.join()))
            try await withRunning(one, two) {
                try await eventually("messages at both") {
                    try await bench.publish(bench.events(50, 0..<50))
                    return one.count > 0 && two.count > 0
                }
                await one.source.close()
                let before = two.count
                try await bench.publish(bench.events(50, 0..<200))
                try await eventually("all at the one that stays") { two.count >= before + 200 }
            }
        }
    }

    @Test func `hands a lane on when what is in hand of it was released`() async throws {
        try await withKafka(partitions: 1) { bench in
            try bench.needsRealKafka()
            try await bench.publish(bench.events(1, 0..<10))
            let first = try await bench.join()
            let taken = try await take(10, from: first, settling: false)
            first.settle(taken.prefix(3).map(\.place))
            // The second may or may not be given the only lane; when the first leaves it is.
            let second = Member(try await bench.join())
            try await withRunning(second) {
                first.settle(taken[3..<8].map(\.place))
                await first.close()
                try await eventually("the rest at the second") { second.bodies.count >= 2 }
                #expect(second.bodies == ["8", "9"])
            }
        }
    }

    @Test func `lets its members finish what they hold when lanes move`() async throws {
        try await withKafka(partitions: 2) { bench in
            try bench.needsRealKafka()
            try await bench.publish(bench.events(40, 0..<40))
            let first = try await bench.join()
            let taken = try await take(40, from: first, settling: false)
            let second = Member(try await bench.join())
            try await withRunning(second) {
                guard
                    case .revoked(let lanes) = try await within(.seconds(20), "the revocation", { await first.next() })
                else { return #expect(Bool(false)) }
                #expect(lanes.count == 1)
                #expect(second.bodies == [])
                first.settle(taken.map(\.place))
                first.release(lanes)
                let more = bench.events(40, 100..<140)
                try await bench.publish(more)
                try await eventually("new messages at the second") { !second.bodies.isEmpty }
                #expect(second.bodies.filter { (Int($0) ?? 0) < 100 } == [], "what was settled came again")
            }
            await first.close()
        }
    }

    @Test func `has a consumer back that was put out by another one of its name`() async throws {
        try await withKafka(partitions: 4, { $0.member = "twin" }) { bench in
            try bench.needsRealKafka()
            let handled = Lock<[String]>([]), told = Lock<[String]>([])
            let subscription = Subscription(bench.topic) { delivery in handled.withLock { $0.append(delivery.text) } }
            let consumer = Consumer(
                bench.group, on: bench.broker, [subscription], clockwork: .manual(),
                observer: ConsumerObserver(report: { report in told.withLock { $0.append(report) } }))
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { await consumer.run() }
                try await bench.publish(bench.events(50, 0..<50))
                try await eventually("messages at the first") { handled.withLock { $0.count } >= 50 }
                let twin = try bench.another()
                let second = Member(try await twin.join(bench.group, of: [bench.topic]))
                try await withRunning(second) {
                    try await eventually("the word that the name is another's") {
                        told.withLock { $0.contains { $0.contains("has the same name") } }
                    }
                    try await eventually("messages at both") {
                        let (before, taken) = (handled.withLock { $0.count }, second.count)
                        try await bench.publish(bench.events(50, 100..<150))
                        try await eventually("the messages") {
                            handled.withLock { $0.count } + second.count >= before + taken + 50
                        }
                        return handled.withLock { $0.count } > before && second.count > taken
                    }
                }
                consumer.stop()
                await twin.close()
            }
        }
    }

    @Test func `does not wait for ever for who does not release`() async throws {
        try await withKafka(partitions: 2, { $0.releaseTimeout = .milliseconds(500) }) { bench in
            try bench.needsRealKafka()
            try await bench.publish(bench.events(40, 0..<40))
            let first = try await bench.join()
            _ = try await take(40, from: first, settling: false)
            let second = Member(try await bench.join())
            try await withRunning(second) {
                try await eventually(within: .seconds(15), "messages at the second") { !second.bodies.isEmpty }
            }
            await first.close()
        }
    }

    @Test func `has a backlog of what is not settled`() async throws {
        try await withKafka(partitions: 3) { bench in
            try bench.needsRealKafka()
            try await bench.publish(bench.events(10, 0..<30))
            // A broker that has just started has nobody yet who looks after groups.
            try await eventually("the whole backlog") {
                (try? await bench.broker.backlog(of: bench.group, [bench.topic])) == [bench.topic: 30]
            }
            let source = try await bench.join()
            let taken = try await take(30, from: source, settling: false)
            source.settle(taken.map(\.place))
            try await eventually("no backlog") {
                try await bench.broker.backlog(of: bench.group, [bench.topic]) == [bench.topic: 0]
            }
            await source.close()
        }
    }
}

/// Takes what comes and settles it.
final class Member: Sendable {
    let source: any MessageSource
    private let taken = Lock<[Delivery]>([])

    init(_ source: any MessageSource) { self.source = source }

    var count: Int { taken.withLock(\.count) }
    var deliveries: [Delivery] { taken.withLock { $0 } }
    var bodies: [String] { deliveries.map(\.text) }

    func run() async {
        while true {
            switch await source.next() {
            case .deliveries(let more):
                taken.withLock { $0 += more }
                source.settle(more.map(\.place))
            case .revoked(let lanes): source.release(lanes)
            case .lost, .closed: return await source.close()
            }
        }
    }
}

func withRunning(_ members: Member..., body: () async throws -> Void) async throws {
    try await withThrowingDiscardingTaskGroup { group in
        for member in members { group.addTask { await member.run() } }
        try await body()
        group.cancelAll()
    }
}
