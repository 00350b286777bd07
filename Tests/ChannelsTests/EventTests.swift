import ChannelsContracts
import Signals
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindMessaging
import TradewindTesting
import UsersContracts

/// What others read. A change here is a change of their code, and of a version.
@Suite struct `The events of channels` {
    private static let (channel, signal) = (ChannelID(UUID(high: 0, low: 1)), SignalID(UUID(high: 0, low: 2)))
    private static let (one, two) = ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002")
    private static let alice = "00000000-0000-0001-0000-000000000001"

    private func check<Event: IntegrationEvent & Equatable>(_ event: Event, _ json: String) throws {
        let text = json.split(separator: "\n").joined()
        #expect(String(decoding: try JSON.encode(event), as: UTF8.self) == text)
        #expect(try JSON.decode(Event.self, from: text) == event)
        #expect(Event.version == 1)
    }

    @Test func `are written as ever`() throws {
        try check(
            ChannelCreated(channelId: Self.channel, userId: .alice, type: "rss", name: "Feed", externalId: "x"),
            #"{"channelId":"\#(Self.one)","userId":"\#(Self.alice)","type":"rss","name":"Feed","externalId":"x"}"#)
        try check(
            ChannelMessageReceived(
                channelId: Self.channel, userId: .alice, messageId: MessageID(UUID(high: 0, low: 2)), kind: "signal",
                externalMessageId: "7", signalId: Self.signal),
            """
            {"channelId":"\(Self.one)","userId":"\(Self.alice)","messageId":"\(Self.two)","kind":"signal",
            "externalMessageId":"7","signalId":"\(Self.two)"}
            """)
        try check(
            MarketPrice(symbol: "EURUSD", bid: "1.0845", ask: "1.0847", at: .noon),
            #"{"symbol":"EURUSD","bid":1.0845,"ask":1.0847,"at":"2025-06-14T12:00:00.000Z"}"#)
        try check(
            CopyOrderRequested(
                copyId: CopyID(UUID(high: 0, low: 1)), signalId: Self.signal, channelId: Self.channel,
                followerId: FollowerID(UUID(high: 0, low: 2)), userId: .alice, symbol: "BTCUSDT", side: .sell,
                productId: "product-BTCUSDT", quantity: 2, price: Money(hundredths: 1_250)),
            """
            {"copyId":"\(Self.one)","signalId":"\(Self.two)","channelId":"\(Self.one)","followerId":"\(Self.two)",
            "userId":"\(Self.alice)","symbol":"BTCUSDT","side":"sell","productId":"product-BTCUSDT","quantity":2,
            "price":12.5}
            """)
    }

    @Test func `say of a signal what it says, and null for the rest`() throws {
        let terms = try SignalTerms.fixture()
        let written = """
            "symbol":"BTCUSDT","market":"crypto","side":"buy","orderType":"market","entry":{"low":100,"high":100},
            "targets":[110,120],"stopLoss":90,"leverage":null,"timeframe":null,"riskReward":2,"confidence":0.8
            """
        let ids = #""signalId":"\#(Self.two)","channelId":"\#(Self.one)","userId":"\#(Self.alice)""#
        try check(
            TradingSignalReceived(
                signalId: Self.signal, channelId: Self.channel, userId: .alice, terms: terms, receivedAt: .noon),
            "{\(ids),\(written),\"receivedAt\":\"2025-06-14T12:00:00.000Z\"}")
        try check(
            TradingSignalUpdated(
                signalId: Self.signal, channelId: Self.channel, userId: .alice, changed: ["target-hit"],
                status: "open", terms: terms, targetsHit: 1, openPercent: 50),
            #"{\#(ids),"changed":["target-hit"],"status":"open",\#(written),"targetsHit":1,"openPercent":50}"#)
    }
}
