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
import TradewindPersistence
internal import TradewindRuntime
import TradewindTesting
import UsersContracts

extension ServiceBench where Service == ChannelsService {
    func follow(_ channel: ChannelID, for user: UserID = .bob, _ more: [String: JSONValue] = [:]) async throws
        -> TestResponse
    {
        var body = JSONObject()
        body["userId"] = .string(user.description)
        body["sizing"] = ["mode": "fixed", "value": 100]
        body["budget"] = 1_000
        body["maxPerSignal"] = 500
        for (name, value) in more { body[name] = value }
        return try await site.post("/api/channels/\(channel)/followers", json: JSONValue.object(body))
    }

    func copies(_ follower: FollowerView) async throws -> [CopyView] {
        try await site.get("/api/channels/\(follower.channelId)/followers/\(follower.id)/copies?limit=200").json()
    }

    /// The service hears what it told itself, as from the broker, until there is nothing more; what it has heard
    /// before comes again, as brokers have it.
    func hearItself() async throws {
        var known = 0
        while true {
            let rows = try await database.query("SELECT topic, key, body FROM outbox ORDER BY position")
            guard rows.count > known else { return }
            known = rows.count
            for row in rows {
                let topic = EventName(try row.decode(0, as: String.self))
                try await hear(
                    Delivery(
                        place: Place(Lane(topic, 0), 1), topic: topic, key: try row.decode(1), body: try row.decode(2)))
            }
        }
    }
}

@Suite struct `A deleted user` {
    @Test(arguments: Storage.allCases) func `follows nobody, and has no open channel`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let (mine, closed) = (try await desk.channel("a").id, try await desk.channel("b").id)
            _ = try await desk.site.send(.post, "/api/channels/\(closed)/close")
            let others: ChannelView = try await desk.register(for: .bob, "c").json()
            for (channel, user) in [(others.id, UserID.alice), (others.id, .bob), (mine, .bob)] {
                #expect(try await desk.follow(channel, for: user).status == .created)
            }
            let id = Clockwork.live.newUUID()
            try await desk.hear(UserDeleted(userId: .alice), id: id)
            try await desk.hear(UserDeleted(userId: .alice), id: id)
            #expect(try await desk.channels().map(\.status) == [.active, .closed, .closed])
            let left = try await desk.site.get("/api/channels/\(others.id)/followers").json([FollowerView].self)
            #expect(left.map(\.userId) == [.bob])
            // What comes again under another name finds nothing to do.
            try await desk.hear(UserDeleted(userId: .alice))
        }
    }
}

@Suite struct `Following a channel` {
    @Test(arguments: Storage.allCases) func `is begun, changed, paused, resumed and ended`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let answer = try await desk.follow(channel, ["symbols": ["sol/usdt"], "minConfidence": .hundredths(50)])
            let follower = try answer.json(FollowerView.self)
            let path = "/api/channels/\(channel)/followers/\(follower.id)"
            #expect(answer.status == .created && answer[.location] == path)
            #expect(follower.symbols == ["SOLUSDT"] && follower.budget == Money(hundredths: 100_000))
            #expect(follower.status == .active && follower.userId == .bob && follower.balance == .zero)
            #expect(try await desk.site.get(path).json(FollowerView.self) == follower)
            let changed = try await desk.patch(path, ["maxPerSignal": 50, "maxOpen": 3]).json(FollowerView.self)
            #expect(changed.maxPerSignal == Money(hundredths: 5_000) && changed.maxOpen == 3)
            #expect(changed.symbols == ["SOLUSDT"] && changed.sizing == follower.sizing)
            for (word, status) in [
                ("pause", HTTPStatus.ok), ("pause", .conflict), ("resume", .ok), ("resume", .conflict),
            ] {
                #expect(try await desk.site.send(.post, "\(path)/\(word)").status == status)
            }
            let list: [FollowerView] = try await desk.site.get("/api/channels/\(channel)/followers").json()
            #expect(list.map(\.id) == [follower.id])
            let other = try await desk.channel("other").id
            #expect(try await desk.site.get("/api/channels/\(other)/followers/\(follower.id)").status == .notFound)
            #expect(try await desk.site.send(.delete, path).status == .noContent)
            #expect(try await desk.site.get(path).status == .notFound)
            #expect(try await desk.site.send(.delete, path).status == .notFound)
        }
    }

    @Test func `names every wrong field`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let channel = try await desk.channel().id
            for (more, faults) in [
                (["budget": 0], ["budget range"]), (["budget": .hundredths(1), "maxOpen": 0], ["maxOpen range"]),
                (["sizing": ["mode": "all", "value": 1]], ["sizing.mode"]),
                (["sizing": ["mode": "risk", "value": 101]], ["sizing.value range"]),
                (
                    ["symbols": ["?"], "maxDailyVolume": .number(JSONNumber(ExactDecimal(1, scale: 3) ?? .zero))],
                    ["maxDailyVolume precision", "symbols[0] format"]
                ),
                (["targets": [0], "minConfidence": 2], ["targets range", "minConfidence range"]),
            ] as [([String: JSONValue], [String])] {
                let answer = try await desk.follow(channel, more)
                #expect(answer.status == .badRequest)
                let found = try answer.json(ProblemView.self).faults
                #expect(found.count == faults.count && zip(found, faults).allSatisfy { $0.hasPrefix($1) }, "\(found)")
            }
            _ = try await desk.site.send(.post, "/api/channels/\(channel)/close")
            #expect(try await desk.follow(channel).status == .conflict)
            #expect(try await desk.follow(ChannelID(UUID(high: 9, low: 9))).status == .notFound)
        }
    }

    @Test func `is the follower's business, and the channel's user sees who does`() async throws {
        for (caller, own, list) in [
            (Caller.user(UserID.bob.raw, .user), HTTPStatus.ok, HTTPStatus.forbidden),
            (.user(UserID.alice.raw, .user), .forbidden, .ok), (.user(UUID(high: 1, low: 3), .admin), .ok, .ok),
            (.anonymous, .unauthorized, .unauthorized),
        ] {
            try await ChannelDesk.open(.memory, authorisation: .required, caller: caller) { desk in
                let channel = try await desk.ownedByAlice()
                let body = try JSON.decode(
                    NewFollower.self,
                    from:
                        #"{"userId":"\#(UserID.bob)","sizing":{"mode":"fixed","value":1},"budget":9,"maxPerSignal":1}"#)
                let follower = try await desk.service.commands.send(
                    FollowChannel(channel: channel, follower: body),
                    RequestContext(id: .given("test"), caller: .user(UserID.bob.raw, .user)))
                let all = "/api/channels/\(channel)/followers", path = "\(all)/\(follower.id)"
                #expect(try await desk.site.get(path).status == own)
                #expect(try await desk.site.get("\(path)/copies").status == own)
                #expect(try await desk.patch(path, ["maxOpen": 1]).status == own)
                #expect(try await desk.site.get(all).status == list)
                #expect(try await desk.site.get("\(all)?userId=\(UserID.bob)").status == own)
                #expect(try await desk.follow(channel).status == (own == .ok ? .created : own))
            }
        }
    }
}

@Suite struct `Copying a signal` {
    @Test(arguments: Storage.allCases) func `asks for one order for each follower, whatever comes again`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let bob: FollowerView = try await desk.follow(channel).json()
            let picky: FollowerView = try await desk.follow(channel, ["symbols": ["EURUSD"]]).json()
            let poor: FollowerView = try await desk.follow(channel, ["budget": 1]).json()
            let paused: FollowerView = try await desk.follow(channel).json()
            _ = try await desk.site.send(.post, "/api/channels/\(channel)/followers/\(paused.id)/pause")
            let signal = try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel).signal
            try await desk.hearItself()
            let copies = try await desk.copies(bob), copy = try #require(copies.first)
            #expect(copies.map(\.signalId) == [signal?.id] && copy.status == .requested)
            #expect(copy.productId == "product-SOLUSDT" && copy.quantity == 1)
            #expect(try await desk.copies(poor).map(\.reason) == ["budget-exhausted"])
            #expect(try await desk.copies(picky).isEmpty)
            #expect(try await desk.copies(paused).isEmpty)
            #expect(try await desk.told().filter { $0 == "copy-order.requested" }.count == 1)
            // Told again under another name, as from a dead letter.
            let terms = try #require(signal).terms
            try await desk.hear(
                TradingSignalReceived(
                    signalId: copy.signalId, channelId: channel, userId: .alice, terms: terms, receivedAt: .noon))
            #expect(try await desk.told().filter { $0 == "copy-order.requested" }.count == 1)
        }
    }

    @Test(arguments: Storage.allCases) func `goes on batch after batch`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let follower = try await desk.follow(channel).json(FollowerView.self).id
            for number in 1...600 {
                try await desk.database.execute(
                    """
                    INSERT INTO followers (id, channel_id, user_id, terms, status, balance, created_at, updated_at, version)
                    SELECT \(FollowerID(UUID(high: 8, low: UInt64(number)))), channel_id, user_id, terms, status, balance,
                    created_at, updated_at, version FROM followers WHERE id = \(follower)
                    """)
            }
            try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel)
            try await desk.hearItself()
            let count = try await desk.database.query("SELECT count(DISTINCT follower_id) FROM copies").first
            #expect(try count?.decode(0, as: Int.self) == 601)
            let told = try await desk.told()
            #expect(told.filter { $0 == "copy-order.requested" }.count == 601)
            #expect(told.filter { $0 == "copying.continued" }.count == 12)
        }
    }

    @Test(arguments: Storage.allCases) func `ends with its signal, and a loss may pause the follower`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let careful: FollowerView = try await desk.follow(channel, ["pauseOnLossPercent": 1]).json()
            let bold: FollowerView = try await desk.follow(channel).json()
            try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel)
            try await desk.hearItself()
            try await desk.price("SOLUSDT", "90")
            try await desk.hearItself()
            for (follower, status) in [(careful, Follower.Status.paused), (bold, .active)] {
                let copy = try #require(try await desk.copies(follower).first)
                #expect(copy.status == .ended && copy.gain == Money(hundredths: -1_000) && copy.endedAt != nil)
                let now: FollowerView = try await desk.site.get(
                    "/api/channels/\(channel)/followers/\(follower.id)"
                ).json()
                #expect(now.status == status && now.balance == Money(hundredths: -1_000))
            }
            try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel)
            try await desk.hearItself()
            #expect(try await desk.copies(careful).count == 1)
            #expect(try await desk.copies(bold).count == 2)
        }
    }

    @Test(arguments: Storage.allCases) func `keeps within what is open and what was spent today`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let two: FollowerView = try await desk.follow(channel, ["maxOpen": 2]).json()
            let daily: FollowerView = try await desk.follow(channel, ["maxDailyVolume": 200]).json()
            for _ in 1...3 {
                try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel)
                try await desk.hearItself()
            }
            #expect(try await desk.copies(two).map(\.reason) == ["too-many-open", nil, nil])
            #expect(try await desk.copies(daily).map(\.reason) == ["daily-volume-reached", nil, nil])
            try await desk.say("close SOLUSDT", in: channel)
            try await desk.hearItself()
            try await desk.say("BUY SOLUSDT 100 TP 110 SL 90", in: channel)
            try await desk.hearItself()
            #expect(try await desk.copies(two).first?.status == .requested)
            #expect(try await desk.copies(daily).first?.reason == "daily-volume-reached")
        }
    }
}
