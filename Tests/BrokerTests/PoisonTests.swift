import Testing
import TradewindCQRS
import TradewindDomain
import TradewindLocks
import TradewindMessaging
import TradewindRuntime
import TradewindTesting

private struct ParcelWeighed: IntegrationEvent, Equatable {
    static let name: EventName = "parcel.weighed"
    let parcel: String
    var subject: String { parcel }
}

@Suite struct `A message that nobody could ever handle` {
    /// While a group handles the good ones. The topic is everybody's: of another test's messages nothing is noted.
    private func poisoned(
        _ site: Site, _ body: @Sendable (_ handled: @escaping @Sendable () -> [String]) async throws -> Void
    ) async throws {
        let handled = Lock<[String]>([])
        let subscription = Subscription.on(ParcelWeighed.self) { received in
            guard received.event.parcel.hasPrefix(site.suffix) else { return }
            handled.withLock { $0.append(received.event.parcel) }
        }
        try await site.consuming("scales", [subscription]) { _ in try await body { handled.withLock { $0 } } }
    }

    private func good(_ name: String, at site: Site) throws -> Envelope {
        try Envelope(
            ParcelWeighed(parcel: "\(site.suffix)-\(name)"), id: Clockwork.live.newUUID(), source: "store", at: .noon,
            for: RequestContext(id: .given("r"), caller: .anonymous))
    }

    private func letters(at site: Site) async throws -> [DeadLetter] {
        try await site.broker.deadLetters.list([ParcelWeighed.name], limit: 1_000)
            .filter { $0.id.group == site.name("scales") && $0.key.hasPrefix(site.suffix) }
    }

    @Test(arguments: Carrier.allCases) func `is a dead letter at once, and the others of its key go on`(
        carrier: Carrier
    ) async throws {
        let start = #"{"specversion":"1.0","id":"1","source":"s","type":"parcel.weighed""#
        let bad = [
            ("no JSON", "line 1"), (start + #","data":{"parcel":7}}"#, "parcel"),
            (start + #","dataschema":"parcel.weighed/v2","data":{}}"#, "version 2"),
        ]
        try await carrier.use { site in
            let key = "\(site.suffix)-a"
            try await poisoned(site) { handled in
                let messages = bad.map { text, _ in
                    Envelope(id: Clockwork.live.newUUID(), topic: ParcelWeighed.name, key: key, body: Array(text.utf8))
                }
                _ = await site.broker.publish(messages + [try good("a", at: site)], late: { _ in })
                try await eventually("the good one") { handled() == [key] }
                try await eventually("the letters") { try await letters(at: site).count == bad.count }
            }
            let found = try await letters(at: site)
            for (text, reason) in bad {
                let letter = try #require(found.first { $0.body == Array(text.utf8) })
                #expect(letter.reason.contains(reason) && letter.attempts == 1, "\(letter.reason)")
            }
        }
    }

    @Test(arguments: Carrier.allCases) func `because of its ten megabytes is refused or a dead letter, and says so`(
        carrier: Carrier
    ) async throws {
        try await carrier.use { site in
            try await poisoned(site) { handled in
                let large = Envelope(
                    id: Clockwork.live.newUUID(), topic: ParcelWeighed.name, key: "\(site.suffix)-large",
                    body: [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20))
                let results = await site.broker.publish([large, try good("small", at: site)], late: { _ in })
                if carrier == .kafka {
                    guard case .refused(let reason) = results[0] else { return #expect(Bool(false), "\(results[0])") }
                    #expect(reason.contains("larger than Kafka takes"))
                } else {
                    try await eventually("the letter") { try await letters(at: site).count == 1 }
                    let letter = try #require(try await letters(at: site).first)
                    #expect(letter.reason.contains("10485760 bytes are too many") && letter.body == large.body)
                }
                try await eventually("the other one") { handled() == ["\(site.suffix)-small"] }
            }
        }
    }
}
