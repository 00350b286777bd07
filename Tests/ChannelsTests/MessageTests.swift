import Channels
import ChannelsContracts
import Signals
import Testing
import TradewindAPI
internal import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
internal import TradewindRuntime
import TradewindTesting
import UsersContracts

extension ServiceBench where Service == ChannelsService {
    @discardableResult
    func say(
        _ text: String, in channel: ChannelID, as name: String? = nil, to other: String? = nil
    ) async throws -> MessageReceipt {
        var message = JSONObject()
        message["text"] = .string(text)
        message["externalMessageId"] = name.map { .string($0) }
        message["replyTo"] = other.map { .string($0) }
        let answer = try await site.post("/api/channels/\(channel)/messages", json: JSONValue.object(message))
        return try answer.json()
    }

    func signal(_ id: SignalID?) async throws -> SignalView {
        try await site.get("/api/signals/\(try #require(id))").json()
    }

    func signals(_ query: String = "") async throws -> [SignalView] {
        try await site.get("/api/signals" + query).json()
    }

    /// The market says so, at a later moment each time.
    func price(_ symbol: Symbol, _ price: Price, at moment: Timestamp = Clockwork.live.now()) async throws {
        try await hear(MarketPrice(symbol: symbol, bid: price, ask: price, at: moment))
    }
}

@Suite struct `A message` {
    @Test(arguments: Storage.allCases) func `that proposes a trade becomes a signal that others hear of`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let answer = try await desk.site.post(
                "/api/channels/\(channel)/messages",
                json: ["text": "🚀 BUY BTC/USDT @ 43,250 TP1 44000 TP2 45,000 SL 42500 10x"] as JSONValue)
            let receipt = try answer.json(MessageReceipt.self)
            #expect(answer.status == .accepted && receipt.kind == .signal && receipt.updatedSignalIds == nil)
            let signal = try #require(receipt.signal)
            #expect(signal.terms.symbol == "BTCUSDT" && signal.terms.side == .buy && signal.terms.leverage == 10)
            #expect(signal.terms.targets == ["44000", "45000"] && signal.terms.stopLoss == "42500")
            #expect(signal.channelId == channel && signal.status == .open)
            #expect(try await desk.signal(signal.id) == signal)
            // What a signal does not say is null, and prices are numbers.
            #expect(answer.text.contains(#""timeframe":null"#) && answer.text.contains(#""stopLoss":42500"#))
            #expect(
                try await desk.told() == ["channel.created", "channel.message-received", "trading-signal.received"])
        }
    }

    @Test(arguments: Storage.allCases) func `that comes twice under its name changes nothing`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let first = try await desk.say(
                "EURUSD SELL NOW entry 1.0850-1.0870 sl 1.0900 tp 1.0800", in: channel, as: "1")
            let again = try await desk.say("something else", in: channel, as: "1")
            #expect(first.kind == .signal && again == first)
            #expect(try await desk.told().count == 3)
            #expect(try await desk.signals().count == 1)
            // The same name in another channel is another message.
            let other = try await desk.channel("other").id
            #expect(try await desk.say("hello", in: other, as: "1").messageId != first.messageId)
        }
    }

    @Test func `that comes twice at once is taken once`() async throws {
        for storage in Storage.allCases {
            try await ChannelDesk.open(storage) { desk in
                let channel = try await desk.channel().id
                let receipts = try await withThrowingTaskGroup(of: MessageReceipt.self) { group in
                    for _ in 1...6 {
                        group.addTask {
                            try await desk.say("Gold buy limit 2015.5, sl 2008, tp 2030", in: channel, as: "1")
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(Set(receipts.map(\.messageId)).count == 1 && receipts.allSatisfy { $0.kind == .signal })
                #expect(try await desk.signals().count == 1)
            }
        }
    }

    @Test func `that contradicts itself is kept with the reason, and nobody hears of a signal`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let channel = try await desk.channel().id
            let receipt = try await desk.say("BUY BTCUSDT 43000 SL 44000 TP 45000", in: channel)
            #expect(receipt.kind == .rejected && receipt.signal == nil && receipt.reason == "stop-on-wrong-side")
            #expect(try await desk.signals().isEmpty)
            #expect(try await desk.told() == ["channel.created", "channel.message-received"])
            let kept: [MessageView] = try await desk.site.get("/api/channels/\(channel)/messages?kind=rejected").json()
            #expect(kept.map(\.reason) == ["stop-on-wrong-side"] && kept.map(\.id) == [receipt.messageId])
        }
    }

    @Test(arguments: Storage.allCases) func `steers the signal that it answers`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let opened = try await desk.say("EURUSD SELL 1.0850 sl 1.0900 tp 1.0800/1.0750", in: channel, as: "1")
            let id = try #require(opened.signal?.id)
            let moved = try await desk.say("sl 1.0840", in: channel, as: "2", to: "1")
            #expect(moved.kind == .update && moved.updatedSignalIds == [id])
            #expect(try await desk.signal(id).terms.stopLoss == "1.084")
            #expect(try await desk.say("TP1 hit on EURUSD", in: channel).updatedSignalIds == [id])
            #expect(try await desk.signal(id).targetsHit == 1)
            #expect(try await desk.say("close half", in: channel, to: "2").kind == .close)
            #expect(try await desk.signal(id).openPercent == 25)
            let closed = try await desk.say("close EURUSD now", in: channel)
            #expect(closed.kind == .close && closed.updatedSignalIds == [id])
            let signal = try await desk.signal(id)
            #expect(signal.status == .closed && signal.settledAt != nil)
            #expect(try await desk.say("close EURUSD now", in: channel).reason == "no-open-signal")
            #expect(try await desk.told().filter { $0 == "trading-signal.updated" }.count == 4)
        }
    }

    @Test(arguments: Storage.allCases) func `can come with a thousand others, in their order`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            var messages: [JSONValue] = []
            for number in 1...250 {
                let name = JSONValue.string("\(number)")
                messages += [
                    ["text": "BUY BTC/USDT @ 43250 TP 44000 SL 42500", "externalMessageId": name],
                    ["text": "sl 42800", "replyTo": name], ["text": "close BTCUSDT", "replyTo": name],
                    ["text": "good morning", "externalMessageId": name],
                ]
            }
            let answer = try await desk.site.post(
                "/api/channels/\(channel)/messages/batch", json: ["messages": .array(messages)] as JSONValue)
            #expect(answer.status == .accepted)
            let results = try answer.json(MessageReceipts.self).results
            #expect(results.prefix(4).map(\.kind) == [.signal, .update, .close, .signal])
            #expect(results[3].messageId == results[0].messageId && results.count == 1_000)
            let signals = try await desk.signals("?limit=200&status=closed")
            #expect(signals.count == 200 && signals.allSatisfy { $0.terms.stopLoss == "42800" })
            #expect(try await desk.told().count == 1 + 750 + 250 + 250)
            for count in [0, 1_001] {
                let batch: JSONValue = ["messages": .array(Array(repeating: ["text": "x"], count: count))]
                let refused = try await desk.site.post("/api/channels/\(channel)/messages/batch", json: batch)
                #expect(refused.status == .badRequest)
            }
        }
    }

    @Test func `is read by the channel's settings`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let channel = try await desk.channel().id
            _ = try await desk.put(
                "/api/channels/\(channel)/settings",
                ["symbolAliases": ["moonshot": "SOLUSDT"], "ignoredWords": ["result"], "signalExpirySeconds": 3_600])
            let receipt = try await desk.say("long MOONSHOT 98.4 stop 95 tp 101", in: channel)
            let signal = try #require(receipt.signal)
            #expect(signal.terms.symbol == "SOLUSDT" && signal.expiresAt == signal.receivedAt + .seconds(3_600))
            let ignored = try await desk.say("Result: long BTCUSDT 98.4 stop 95 tp 101", in: channel)
            #expect(ignored.kind == .none && ignored.reason == "ignored")
        }
    }

    @Test func `is looked at before it is taken`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let path = "/api/channels/\(try await desk.channel().id)/messages"
            for (body, field) in [
                (#"{}"#, "text"), (#"{"text":7}"#, "text"), (#"{"text":"a\u0000"}"#, "text"),
                (#"{"text":"a","sentAt":"yesterday"}"#, "sentAt"), (#"{"text":"a","replyTo":""}"#, "replyTo"),
                (#"{"text":"a","externalMessageId":"\#(String(repeating: "x", count: 256))"}"#, "externalMessageId"),
                (#"{"text":"\#(String(repeating: "x", count: MessageContent.longest + 1))"}"#, "text"),
            ] {
                let answer = try await desk.site.send(.post, path, body: Array(body.utf8))
                #expect(answer.status == .badRequest)
                #expect(try answer.json(ProblemView.self).faults.first?.hasPrefix(field) == true, "\(answer.text)")
            }
            let longest = #"{"text":"\#(String(repeating: "x", count: MessageContent.longest))"}"#
            #expect(try await desk.site.send(.post, path, body: Array(longest.utf8)).status == .accepted)
            let nowhere = "/api/channels/\(UserID.alice)/messages"
            #expect(try await desk.site.post(nowhere, json: ["text": "hi"] as JSONValue).status == .notFound)
        }
    }

    @Test func `is taken from the channel's user alone`() async throws {
        for (caller, status) in [
            (UserID.alice, HTTPStatus.accepted), (.bob, .forbidden),
        ] {
            try await ChannelDesk.open(.memory, authorisation: .required, caller: .user(caller.raw, .user)) { desk in
                let channel = try await desk.ownedByAlice()
                let path = "/api/channels/\(channel)/messages"
                #expect(try await desk.site.post(path, json: ["text": "hi"] as JSONValue).status == status)
                #expect(try await desk.site.get(path).status == (status == .accepted ? .ok : status))
            }
        }
    }
}
