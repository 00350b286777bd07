import Testing
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindRuntime
import TradewindTesting

extension Carrier {
    /// Opens a broker that can be hurt, or skips the case and says why.
    func useWard(_ body: @escaping @Sendable (Site, Ward) async throws -> Void) async throws {
        if let why = try await whyNoWard() { try Test.cancel("\(why)") }
        try await openWard(body)
    }
}

/// Brokers of their own, one after the other.
@Suite(.serialized) struct `When the broker goes away` {
    @Test(arguments: Carrier.outside, Mishap.allCases)
    func `nothing is lost or out of order, and work goes on within five seconds`(
        carrier: Carrier, mishap: Mishap
    ) async throws {
        try await carrier.useWard { site, ward in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            let sender = Sender(to: topic, through: site.broker)
            let mostHeld = Lock(0)
            try await site.consuming("store", [Subscription(topic) { seen.note($0) }], settings: Consumer.Settings()) {
                consumer in
                try await withThrowingTaskGroup { group in
                    group.addTask { try await sender.run() }
                    try await eventually("messages") { seen.count > 1_000 }
                    let refusals = sender.refusals
                    try await ward.hurt(mishap)
                    if mishap != .reset { try await eventually("word of it") { sender.refusals > refusals } }
                    mostHeld.withLock { $0 = consumer.status.held }
                    try await ward.heal(mishap)
                    let (sent, handled) = (sender.acknowledged, seen.count)
                    // When a process has started says little of a busy machine; that it answers is its return.
                    try await eventually("an answer") { sender.acknowledged > sent }
                    try await eventually(within: .seconds(5) * (soon / .seconds(2)), "full service") {
                        sender.acknowledged > sent + 500 && seen.count > handled + 500
                    }
                    sender.stop()
                    try await group.waitForAll()
                }
                let sent = sender.acknowledged
                try await eventually("all messages") {
                    (0..<Sender.keys).reduce(0) { $0 + seen.firsts(of: "key-\($1)").count } >= sent
                }
            }
            for key in 0..<Sender.keys {
                let numbers = seen.firsts(of: "key-\(key)")
                #expect(numbers == numbers.sorted(), "key-\(key)")
                #expect(numbers.count == sender.acknowledged / Sender.keys)
            }
            #expect(sender.slowest < soon, "\(sender.slowest)")
            // A batch more than it may hold is what it had been given when it said that this was enough.
            #expect(mostHeld.withLock(\.self) < 2_000)
        }
    }

    @Test(arguments: Carrier.outside) func `a consumer that began before it works as soon as it is there`(
        carrier: Carrier
    ) async throws {
        try await carrier.useWard { site, ward in
            let (topic, seen) = (site.topic("parcel.sent"), Seen())
            try await ward.hurt(.killed)
            let consumer = Consumer(
                site.name("store"), on: site.broker, [Subscription(topic) { seen.note($0) }], settings: .quick,
                clockwork: .live)
            try await withThrowingTaskGroup { group in
                group.addTask { await consumer.run() }
                try await eventually("a reason") { consumer.status.failure != nil }
                #expect(consumer.status.failure?.lowercased().contains(carrier.rawValue) == true)
                try await ward.heal(.killed)
                try await eventually("a published message") {
                    let event = Envelope(id: .zero, topic: topic, key: "a", body: Array("hello".utf8))
                    return await site.broker.publish([event], late: { _ in }) == [.acknowledged]
                }
                try await eventually(within: .seconds(5) * (soon / .seconds(2)), "the message") {
                    seen.texts.contains("hello")
                }
                consumer.stop()
                try await group.waitForAll()
            }
        }
    }
}
