import Foundation
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

    @Test func `goes on within ten seconds after a member was killed, and loses nothing`() async throws {
        try await withKafka(partitions: 4) { bench in
            try bench.needsRealKafka()
            let other = try Program("kafka-member", [bench.server.brokers, bench.group, bench.topic.description])
            defer { other.kill() }
            try await eventually("messages at the other program") {
                try await bench.publish(bench.events(50, 0..<50))
                return other.lines.count > 0
            }
            let one = Member(try await bench.join())
            try await withRunning(one) {
                try await eventually("messages at both") {
                    let (before, others) = (one.count, other.lines.count)
                    try await bench.publish(bench.events(50, 0..<50))
                    return one.count > before && other.lines.count > others
                }
                other.kill()
                let sent = (0..<200).map { bench.event("key-\($0 % 50)", "after-\($0)") }
                try await bench.publish(sent)
                let took = try await duration(of: {
                    try await eventually("all of it") {
                        Set(one.bodies).isSuperset(of: (0..<200).map { "after-\($0)" })
                    }
                })
                #expect(took < .seconds(10), "\(took)")
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
            case .closed: return await source.close()
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

/// A program of this package, which stands beside the tests, and the lines that it has printed.
final class Program: Sendable {
    private let process: Process
    private let said = Lock(Data())

    init(_ name: String, _ arguments: [String]) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let more = handle.availableData
            if more.isEmpty { handle.readabilityHandler = nil }
            said.withLock { $0.append(more) }
        }
        try process.run()
    }

    var lines: [String] {
        String(decoding: said.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
