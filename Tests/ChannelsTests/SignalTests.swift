import Channels
import ChannelsContracts
import Signals
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindMessaging
internal import TradewindRuntime
import TradewindTesting
import UsersContracts

@Suite struct `Signals` {
    @Test(arguments: Storage.allCases) func `end where the market says`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let won = try await desk.say("BUY SOLUSDT 100 TP1 110 TP2 120 SL 90", in: channel).signal?.id
            let lost = try await desk.say("SELL SOLUSDT 100 TP 60 SL 105", in: channel).signal?.id
            let other = try await desk.say("BUY LINKUSDT 100 TP 110 SL 90", in: channel).signal?.id
            let start = Clockwork.live.now()
            for (second, price) in (["101", "111", "121"] as [Price]).enumerated() {
                try await desk.price("SOLUSDT", price, at: start + .seconds(second))
            }
            #expect(try await desk.signal(won).status == .targetHit)
            #expect(try await desk.signal(won).gainPercent == Ratio(hundredths: 1_500))
            #expect(try await desk.signal(lost).status == .stopped)
            #expect(try await desk.signal(other).status == .open)
            let told = try await desk.told().filter { $0 == "trading-signal.updated" }.count
            #expect(told == 3)
            // What was known already is no news.
            try await desk.price("SOLUSDT", "60", at: start)
            #expect(try await desk.told().filter { $0 == "trading-signal.updated" }.count == told)
            let closed = try await desk.say("close LINKUSDT", in: channel)
            #expect(closed.updatedSignalIds == [other].compactMap(\.self))
        }
    }

    @Test(arguments: Storage.allCases) func `expire by the channel's settings`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            _ = try await desk.put("/api/channels/\(channel)/settings", ["signalExpirySeconds": 60])
            let mortal = try #require(try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel).signal)
            _ = try await desk.put("/api/channels/\(channel)/settings", [:])
            let immortal = try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel).signal?.id
            let now = mortal.receivedAt
            try await desk.service.expire(at: now + .seconds(59))
            #expect(try await desk.signals("?status=open").count == 2)
            try await desk.service.expire(at: now + .seconds(61))
            #expect(try await desk.signal(mortal.id).status == .expired)
            #expect(try await desk.signal(immortal).status == .open)
        }
    }

    @Test(arguments: Storage.allCases) func `are found by what they are, newest first`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let (first, second) = (try await desk.channel("a").id, try await desk.channel("b").id)
            var ids: [SignalID] = []
            for (channel, text) in [
                (first, "BUY SOLUSDT 100 TP 110 SL 90"), (first, "SELL EURUSD 1.1 TP 1.0 SL 1.2"),
                (second, "BUY SOLUSDT 100 TP 110 SL 90"), (first, "BUY LINKUSDT 100 TP 110 SL 90"),
            ] {
                ids.append(try #require(try await desk.say(text, in: channel).signal?.id))
            }
            try await desk.say("close LINKUSDT", in: first)
            for (query, expected) in [
                ("", [3, 2, 1, 0]), ("?channelId=\(first)", [3, 1, 0]), ("?symbol=sol/usdt", [2, 0]),
                ("?side=sell", [1]), ("?status=closed", [3]), ("?status=open&channelId=\(first)", [1, 0]),
                ("?since=2100-01-01T00:00:00Z", []), ("?since=2020-01-01T00:00:00Z", [3, 2, 1, 0]),
                ("?after=\(ids[2])", [1, 0]), ("?limit=1", [3]),
            ] as [(String, [Int])] {
                #expect(try await desk.signals(query).map(\.id) == expected.map { ids[$0] }, "\(query)")
            }
            for query in ["?side=up", "?status=x", "?since=x", "?symbol=!", "?limit=0", "/x", "/stats", "?channelId=1"]
            {
                #expect(try await desk.site.get("/api/signals" + query).status == .badRequest, "\(query)")
            }
            #expect(try await desk.site.get("/api/signals/\(UserID.alice)").status == .notFound)
        }
    }

    @Test(arguments: Storage.allCases) func `are counted and judged`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let start = Clockwork.live.now()
            for (number, end) in (["110", "90", "90", "110", "100"] as [Price]).enumerated() {
                try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel)
                try await desk.price("SOLUSDT", end, at: start + .seconds(number))
            }
            let stats = try await desk.site.get("/api/signals/stats?channelId=\(channel)")
                .json(SignalStatistics.Result.self)
            #expect(stats.count == 5 && stats.open == 1 && stats.settled == 4 && stats.hits == 2)
            #expect(stats.hitRate == Ratio(hundredths: 50) && stats.averageRiskReward == Ratio(hundredths: 100))
            #expect(stats.profitFactor == Ratio(hundredths: 100) && stats.gainPercent == Ratio(hundredths: 0))
            #expect(stats.maxDrawdownPercent == Ratio(hundredths: 2_000))
            #expect(stats.perDay.map(\.received).reduce(0, +) == 5 && stats.perDay.map(\.hits).reduce(0, +) == 2)
        }
    }

    @Test func `go to who listens, as they come and change`() async throws {
        let feed = SignalFeed()
        // Nobody to hear from: the stream ends, and a browser comes again.
        try await feed.follow(nil, nil) { _ in Issue.record("nothing can come") }
        await feed.open()
        let (first, second) = (ChannelID(UUID(high: 3, low: 1)), ChannelID(UUID(high: 3, low: 2)))
        let heard = try await withThrowingTaskGroup(of: [String].self) { group in
            for (channel, symbol) in [(ChannelID?.none, Symbol?.none), (first, nil), (nil, "LINKUSDT")] {
                group.addTask {
                    let (topics, note) = AsyncStream.makeStream(of: String.self)
                    try await feed.follow(channel, symbol) { note.yield("\($0.topic) \($0.id)") }
                    note.finish()
                    return await topics.reduce(into: []) { $0.append($1) }
                }
            }
            try await eventually("listeners") { await feed.count == 3 }
            for (number, channel, symbol) in [(1, first, "SOLUSDT"), (2, second, "LINKUSDT")]
                as [(UInt64, ChannelID, Symbol)]
            {
                await feed.tell(try #require(LiveSignal(try delivery(number, channel, symbol))))
            }
            await feed.close()
            return try await group.reduce(into: []) { $0.append($1.map { String($0.suffix(1)) }.joined()) }
        }
        #expect(heard.sorted() == ["1", "12", "2"])
        #expect(await feed.count == 0)
    }

    private func delivery(_ number: UInt64, _ channel: ChannelID, _ symbol: Symbol) throws -> Delivery {
        var terms = try SignalTerms.fixture()
        terms = SignalTerms(
            symbol: symbol, market: terms.market, side: terms.side, orderType: terms.orderType, entry: nil,
            targets: [], stopLoss: nil, leverage: nil, timeframe: nil, riskReward: nil, confidence: terms.confidence)
        let event = TradingSignalReceived(
            signalId: SignalID(UUID(high: 7, low: number)), channelId: channel, userId: .alice, terms: terms,
            receivedAt: .noon)
        let request = RequestContext(id: .given("test"), caller: .anonymous)
        let envelope = try Envelope(event, id: UUID(high: 0, low: number), source: "channels", at: .noon, for: request)
        return Delivery(
            place: Place(Lane(envelope.topic, 0), 1), topic: envelope.topic, key: envelope.key, body: envelope.body)
    }
}

@Suite struct `A track record` {
    @Test func `knows nothing of what has not ended`() {
        var record = TrackRecord()
        record.add(receivedAt: .noon, riskReward: nil, settledAt: nil, gain: nil, isHit: false)
        #expect(record.count == 1 && record.settled == 0)
        #expect(record.hitRate == nil && record.averageRiskReward == nil && record.profitFactor == nil)
    }

    @Test func `measures how far it fell from its height`() {
        var record = TrackRecord()
        for (day, gain) in [500, 300, -200, -700, 400, -100].enumerated() {
            let moment = Timestamp.noon + .seconds(86_400 * day)
            record.add(
                receivedAt: .noon, riskReward: Ratio(hundredths: 100 * (day + 1)), settledAt: moment, gain: gain,
                isHit: gain > 0)
        }
        #expect(record.gain == 200 && record.drawdown == 900 && record.hits == 3)
        #expect(record.hitRate == Ratio(hundredths: 50) && record.profitFactor == Ratio(hundredths: 120))
        #expect(record.averageRiskReward == Ratio(hundredths: 350))
        #expect(record.days["2025-06-14"]?.received == 6 && record.days["2025-06-17"]?.gain == -700)
    }
}
