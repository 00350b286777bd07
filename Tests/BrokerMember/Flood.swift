internal import Foundation
internal import Synchronization
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindRuntime

/// Messages that are published and not handled at most: what the rest of the process holds is then known.
private let ahead = 10_000

func flood(_ count: Int) async throws {
    let topic = EventName("flood-\(Clockwork.live.newUUID())")
    let handled = Atomic<Int>(0)
    let tenth = max(count / 10, 1)
    let subscription = Subscription(topic) { _ in
        let number = handled.add(1, ordering: .relaxed).newValue
        if number % tenth == 0 { FileHandle.standardOutput.write(Data("\(number) \(residentKilobytes())\n".utf8)) }
    }
    let consumer = Consumer("flood", on: broker, [subscription], clockwork: .live)
    let (joined, hasJoined) = AsyncStream<Void>.makeStream()
    try await withThrowingTaskGroup { group in
        group.addTask { await consumer.run { hasJoined.finish() } }
        for await _ in joined {}
        let body = Array(repeating: UInt8(ascii: "x"), count: 400)
        var published = 0
        while published < count {
            while published - handled.load(ordering: .relaxed) >= ahead { try await Task.sleep(for: .milliseconds(1)) }
            let events = (published..<min(published + 1_000, count)).map { number in
                Envelope(id: Clockwork.live.newUUID(), topic: topic, key: "\(number % 997)", body: body)
            }
            var open = events
            // As the relay does: what was not taken comes again.
            while !open.isEmpty {
                let results = await broker.publish(open, late: { _ in })
                open = zip(open, results).filter { $0.1 != .acknowledged && $0.1 != .inHand }.map(\.0)
                if !open.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            }
            published += events.count
        }
        while handled.load(ordering: .relaxed) < count { try await Task.sleep(for: .milliseconds(1)) }
        consumer.stop()
        try await group.waitForAll()
    }
    await broker.close()
}

private func residentKilobytes() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        .dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * Int(getpagesize()) / 1_024
}
