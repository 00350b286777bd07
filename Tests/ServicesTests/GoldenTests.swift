import ChannelsContracts
import Foundation
import NotebookContracts
import OrdersContracts
import PaymentsContracts
import Signals
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindMessaging
import TradewindTesting
import UsersContracts

/// What others read stands in `Golden/`. A change there that an old reader could not read needs a new version.
@Suite struct `An integration event` {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let user = UserID(UUID(high: 1, low: 1)), order = OrderID(UUID(high: 1, low: 2))
    private static let payment = PaymentID(UUID(high: 1, low: 3)), amount = Money(hundredths: 19_99)
    private static let channel = ChannelID(UUID(high: 1, low: 4)), signal = SignalID(UUID(high: 1, low: 5))
    private static let terms: SignalTerms = read(
        """
        {"symbol":"BTCUSDT","market":"crypto","side":"buy","orderType":"market","entry":{"low":100,"high":100.5},
        "targets":[110,120],"stopLoss":90,"leverage":null,"timeframe":null,"riskReward":2,"confidence":0.8}
        """)

    private static let events: [any IntegrationEvent & Equatable] = [
        UserCreated(userId: user, email: "ada@example.com", name: "Ada Lovelace", role: .moderator),
        UserUpdated(userId: user, changed: ["email", "name"]),
        UserDeleted(userId: user),
        OrderCreated(
            orderId: order, userId: user,
            items: [
                .init(productId: "product-1", quantity: 2, price: Money(hundredths: 9_99)),
                .init(productId: "product-2", quantity: 1, price: Money(hundredths: 1)),
            ], totalAmount: amount),
        OrderPaid(orderId: order, userId: user, totalAmount: amount),
        OrderCancelled(orderId: order, userId: user, totalAmount: amount),
        PaymentCompleted(paymentId: payment, orderId: order, userId: user, amount: amount),
        PaymentFailed(
            paymentId: payment, orderId: order, userId: user, amount: amount, reason: "the card was declined"),
        PaymentRefunded(paymentId: payment, orderId: order, userId: user, amount: amount),
        ChannelCreated(channelId: channel, userId: user, type: "rss", name: "Feed", externalId: "x"),
        ChannelMessageReceived(
            channelId: channel, userId: user, messageId: MessageID(UUID(high: 1, low: 6)), kind: "signal",
            externalMessageId: "7", signalId: signal),
        read(#"{"symbol":"EURUSD","bid":1.0845,"ask":1.0847,"at":"\#(Timestamp.noon)"}"#) as MarketPrice,
        CopyOrderRequested(
            copyId: CopyID(UUID(high: 1, low: 7)), signalId: signal, channelId: channel,
            followerId: FollowerID(UUID(high: 1, low: 8)), userId: user, symbol: terms.symbol, side: .sell,
            productId: "product-BTCUSDT", quantity: 2, price: Money(hundredths: 12_50)),
        TradingSignalReceived(signalId: signal, channelId: channel, userId: user, terms: terms, receivedAt: .noon),
        TradingSignalUpdated(
            signalId: signal, channelId: channel, userId: user, changed: ["target-hit"], status: "open", terms: terms,
            targetsHit: 1, openPercent: 50),
        NoteCreated(noteId: NoteID(UUID(high: 1, low: 10)), userId: user, name: "The first"),
    ]

    /// Of values that only texts are made of.
    private static func read<Value: Decodable>(_ json: String) -> Value {
        do { return try JSON.decode(Value.self, from: json) } catch { preconditionFailure("\(json): \(error)") }
    }

    @Test(arguments: events.indices) func `is written and read as it always was`(index: Int) throws {
        try check(Self.events[index])
    }

    private func check<Event: IntegrationEvent & Equatable>(_ event: Event) throws {
        let golden = try [UInt8](Data(contentsOf: Self.folder.appending(path: "Golden/\(Event.name).json")))
        let request = RequestContext(
            id: .given("request-1"), caller: .anonymous,
            trace: TraceContext(traceID: 10, spanID: 11, isSampled: true))
        let written = try Envelope(event, id: UUID(high: 1, low: 9), source: "golden", at: .noon, for: request)
        #expect(try JSON.decode(JSONValue.self, from: written.body) == JSON.decode(JSONValue.self, from: golden))
        let read = try Received<Event>(
            Delivery(place: Place(Lane(Event.name, 0), 0), topic: Event.name, key: event.subject, body: golden))
        #expect(read.event == event && read.envelope.source == "golden" && read.envelope.time == .noon)
        #expect(read.request.id == request.id && read.request.trace == request.trace)
    }

    @Test func `has its place among them, whichever service it is of`() throws {
        let services = Self.folder.appending(path: "../../Sources/Services").standardizedFileURL
        var declared: Set<String> = []
        for case let file as URL in FileManager.default.enumerator(at: services, includingPropertiesForKeys: nil)
            ?? .init()
        where file.pathExtension == "swift" && file.path.contains("/Contracts/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /let name: EventName = "([^"]+)"/) { declared.insert(String(match.1)) }
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: "Golden").path)
        #expect(!declared.isEmpty && Set(files.map { $0.replacing(".json", with: "") }) == declared)
        #expect(Set(Self.events.map { "\(type(of: $0).name)" }) == declared)
    }
}
