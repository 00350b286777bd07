import Channels
import ChannelsContracts
import Signals
import Testing
import TradewindDomain
import TradewindTesting
import UsersContracts

/// A channel in which something is said, by what it means.
private struct Room {
    var conversation: Conversation
    private var number: UInt64 = 0

    init(_ settings: ChannelSettings = .standard, open: [TradingSignal] = [], quotes: [Symbol: Quote] = [:]) {
        conversation = Conversation(
            in: ChannelID(UUID(high: 1, low: 9)), of: .alice, settings, open: open, subjects: [:], quotes: quotes)
    }

    @discardableResult
    mutating func say(_ meaning: Meaning, as name: String? = nil, to other: String? = nil) throws -> ChannelMessage {
        number += 1
        var message = ChannelMessage(
            MessageID(UUID(high: 5, low: number)),
            try MessageContent(text: "", author: nil, sentAt: nil, externalMessageID: name, replyTo: other), at: .noon)
        conversation.hear(&message, meaning, newID: SignalID(UUID(high: 7, low: number)))
        return message
    }

    var told: [[String]] { conversation.effects.map { $0.events.map(\.word) } }
}

extension Meaning {
    fileprivate static func buy(_ symbol: Symbol, _ reason: Inconsistency? = nil) -> Meaning {
        .signal(
            Signal(
                symbol: symbol, market: .crypto, side: .buy, entry: PriceRange("100"),
                targets: ["110", "120"],
                stopLoss: "90", reason: reason))
    }

    fileprivate static func update(_ symbols: Symbol..., change: Change) -> Meaning {
        .update(Update(symbols.isEmpty ? .unnamed : .symbols(symbols), [change]))
    }

    fileprivate static func close(_ symbols: Symbol..., portion: Portion = .all) -> Meaning {
        .close(Close(symbols.isEmpty ? .unnamed : .symbols(symbols), portion))
    }
}

@Suite struct `What is said in a channel` {
    @Test func `opens a signal`() throws {
        var room = Room()
        let message = try room.say(.buy("BTCUSDT"))
        #expect(message.kind == .signal && message.reason == nil && message.signal != nil)
        let effect = try #require(room.conversation.effects.first)
        #expect(effect.signal.id == message.signal && effect.events == [.received] && effect.signal.expiresAt == nil)
    }

    @Test func `is rejected when it contradicts itself, and opens nothing`() throws {
        var room = Room()
        let message = try room.say(.buy("BTCUSDT", .stopOnWrongSide))
        #expect(message.kind == .rejected && message.reason == "stop-on-wrong-side" && message.signal == nil)
        #expect(room.told.isEmpty)
    }

    @Test func `means nothing, for a reason`() throws {
        var room = Room()
        let message = try room.say(.none(.question))
        #expect(message.kind == .none && message.reason == "question" && room.told.isEmpty)
    }

    @Test func `steers the latest signal of the symbol that it names`() throws {
        var room = Room()
        _ = try room.say(.buy("BTCUSDT"))
        let second = try room.say(.buy("BTCUSDT"))
        _ = try room.say(.buy("ETHUSDT"))
        let update = try room.say(.update("BTCUSDT", change: .targetHit(number: 1)))
        #expect(update.kind == .update && update.updated == [second.signal])
        #expect(room.told == [["received"], ["received", "target-hit"], ["received"]])
    }

    @Test func `closes all signals of the symbols that it names`() throws {
        var room = Room()
        _ = try room.say(.buy("BTCUSDT"))
        _ = try room.say(.buy("BTCUSDT"))
        _ = try room.say(.buy("ETHUSDT"))
        let close = try room.say(.close("BTCUSDT"))
        #expect(close.kind == .close && close.updated.count == 2)
        #expect(room.told == [["received", "closed"], ["received", "closed"], ["received"]])
    }

    @Test func `steers the signal of the message that it answers, also through others`() throws {
        var room = Room()
        let first = try room.say(.buy("BTCUSDT"), as: "1")
        _ = try room.say(.buy("BTCUSDT"), as: "2")
        let reply = try room.say(.update(change: .breakEven), as: "3", to: "1")
        #expect(reply.updated == [first.signal])
        #expect(try room.say(.close(portion: .half), to: "3").updated == [first.signal])
        #expect(try room.say(.update("BTCUSDT", change: .stopLoss("95")), to: "1").updated == [first.signal])
        #expect(try room.say(.close(), to: "unknown").reason == "no-open-signal")
    }

    @Test func `without a symbol or an answer is about the channel's default symbol`() throws {
        let settings = try ChannelSettings(
            defaultSymbol: "BTCUSDT", symbolAliases: [:], extraWords: .init(), ignoredWords: [],
            signalExpirySeconds: 3_600)
        var room = Room(settings)
        let signal = try room.say(.buy("BTCUSDT"))
        _ = try room.say(.buy("ETHUSDT"))
        #expect(try room.say(.close()).updated == [signal.signal])
        #expect(room.conversation.effects.allSatisfy { $0.signal.expiresAt == .noon + .seconds(3_600) })
        var other = Room()
        _ = try other.say(.buy("BTCUSDT"))
        let unnamed = try other.say(.close())
        #expect(unnamed.kind == .close && unnamed.updated.isEmpty && unnamed.reason == "no-open-signal")
    }

    @Test func `closes everything`() throws {
        var room = Room()
        _ = try room.say(.buy("BTCUSDT"))
        _ = try room.say(.buy("ETHUSDT"))
        #expect(try room.say(.close(Close(.everything))).updated.count == 2)
        #expect(try room.say(.close(Close(.everything))).reason == "no-open-signal")
    }

    @Test func `is done whole or not at all`() throws {
        var room = Room()
        _ = try room.say(.buy("BTCUSDT"))
        let update = Update(.symbols(["BTCUSDT"]), [.targetHit(number: 1), .stopLoss("130")])
        let message = try room.say(.update(update))
        #expect(message.kind == .rejected && message.reason == "targets-lie-beyond-the-stop")
        #expect(message.updated.isEmpty && room.told == [["received"]])
    }

    @Test func `closes at what the market says`() throws {
        let symbol: Symbol = "BTCUSDT"
        var room = Room(open: [.fixture(try .fixture())], quotes: [symbol: Quote("105")])
        _ = try room.say(.close("BTCUSDT"))
        #expect(room.conversation.effects.first?.signal.gain == 500)
    }
}
