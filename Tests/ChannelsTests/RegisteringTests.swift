import Channels
import ChannelsContracts
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindTesting
import UsersContracts

@Suite struct `Registering a channel` {
    @Test(arguments: Storage.allCases) func `answers 201 and tells the others`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let answer = try await desk.register()
            let channel = try answer.json(ChannelView.self)
            #expect(answer.status == .created && answer[.location] == "/api/channels/\(channel.id)")
            #expect(channel.userId == .alice && channel.type == .telegram && channel.externalId == "-100123")
            #expect(channel.name == "Morning signals" && channel.status == .active)
            let stored = try await desk.site.get("/api/channels/\(channel.id)")
            #expect(try stored.json(ChannelView.self) == channel && stored[.etag] == "\"1\"")
            #expect(try await desk.told() == ["channel.created"])
        }
    }

    @Test(arguments: Storage.allCases) func `works once for a user, a type and an external id`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel()
            for name in ["Morning signals", "Other"] {
                let again = try await desk.register(name: name)
                #expect(again.status == .conflict)
                #expect(try again.json(ProblemView.self).type.hasSuffix("a-channel-is-registered-once"))
            }
            #expect(try await desk.site.send(.post, "/api/channels/\(channel.id)/close").status == .ok)
            #expect(try await desk.register().status == .conflict)
            #expect(try await desk.register(for: .bob).status == .created)
            #expect(try await desk.register(type: "discord").status == .created)
            #expect(try await desk.register("-100124").status == .created)
            #expect(try await desk.told().count == 4)
        }
    }

    @Test(arguments: Storage.allCases) func `of two at once lets one win`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let statuses = try await withThrowingTaskGroup(of: HTTPStatus.self) { group in
                for _ in 1...6 { group.addTask { try await desk.register().status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == .created }.count == 1 && statuses.filter { $0 == .conflict }.count == 5)
        }
    }

    @Test func `names every wrong field`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let body: JSONValue = ["userId": "x", "type": "fax", "name": "", "externalId": "\u{7}"]
            let answer = try await desk.site.post("/api/channels", json: body)
            #expect(answer.status == .badRequest)
            #expect(
                try answer.json(ProblemView.self).faults.map { $0.split(separator: " ")[0] }
                    == ["userId", "type", "name", "externalId"])
        }
    }

    @Test func `gives the first answer again to the same key`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let body: JSONValue = [
                "userId": .string(UserID.alice.description), "type": "rss", "name": "Feed", "externalId": "feed",
            ]
            let headers: HTTPHeaders = [.idempotencyKey: "k-1"]
            let first = try await desk.site.post("/api/channels", json: body, headers: headers)
            let again = try await desk.site.post("/api/channels", json: body, headers: headers)
            #expect(first.status == .created && again.status == .created && first.text == again.text)
            #expect(first[.etag] == "\"1\"" && again[.etag] == first[.etag])
        }
    }
}

@Suite struct `A registered channel` {
    @Test(arguments: Storage.allCases) func `is renamed, paused, resumed and closed`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let path = "/api/channels/\(try await desk.channel().id)"
            let renamed = try await desk.patch(path, ["name": " Evening "])
            #expect(try renamed.json(ChannelView.self).name == "Evening" && renamed[.etag] == "\"2\"")
            for (word, status) in [
                ("pause", Channel.Status?.some(.paused)), ("pause", nil), ("resume", .active), ("resume", nil),
                ("close", .closed), ("close", nil), ("pause", nil), ("resume", nil),
            ] {
                let answer = try await desk.site.send(.post, "\(path)/\(word)")
                #expect(answer.status == (status == nil ? .conflict : .ok))
                if let status { #expect(try answer.json(ChannelView.self).status == status) }
            }
            let channel = try await desk.site.get(path).json(ChannelView.self)
            #expect(channel.name == "Evening" && channel.status == .closed)
            #expect(try await desk.patch(path, ["name": "Night"]).status == .conflict)
        }
    }

    @Test(arguments: Storage.allCases) func `keeps its settings`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let path = "/api/channels/\(try await desk.channel().id)"
            let settings: JSONValue = [
                "defaultSymbol": "btc/usdt", "symbolAliases": ["gold": "xauusd"], "extraWords": ["stop": ["Out"]],
                "ignoredWords": ["report"], "signalExpirySeconds": 3_600,
            ]
            #expect(try await desk.put("\(path)/settings", settings).status == .ok)
            let stored = try await desk.site.get(path).json(ChannelView.self).settings
            #expect(stored.defaultSymbol == "BTCUSDT" && stored.symbolAliases == ["GOLD": "XAUUSD"])
            #expect(stored.extraWords.stop == ["out"] && stored.extraWords.entry.isEmpty)
            #expect(stored.ignoredWords == ["report"] && stored.signalExpirySeconds == 3_600)
            // What is not said becomes as it was at first.
            #expect(try await desk.put("\(path)/settings", [:]).json(ChannelView.self).settings == .standard)
            let refused = try await desk.put("\(path)/settings", ["signalExpirySeconds": 1, "ignoredWords": [7]])
            #expect(refused.status == .badRequest)
        }
    }

    @Test func `is changed only by who has seen it as it is`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let path = "/api/channels/\(try await desk.channel().id)"
            #expect(try await desk.patch(path, ["name": "A"], headers: [.ifMatch: "\"1\""]).status == .ok)
            #expect(
                try await desk.patch(path, ["name": "B"], headers: [.ifMatch: "\"1\""]).status == .preconditionFailed)
            #expect(try await desk.patch(path, ["name": "B"], headers: [.ifMatch: "\"2\""]).status == .ok)
        }
    }

    @Test(arguments: Storage.allCases) func `is found in lists and counted`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            var ids: [ChannelID] = []
            for number in 1...5 { ids.append(try await desk.channel("room-\(number)").id) }
            _ = try await desk.register(for: .bob)
            _ = try await desk.site.send(.post, "/api/channels/\(ids[0])/pause")
            let newest = ids.reversed() as [ChannelID]
            let first = try await desk.site.get("/api/channels?userId=\(UserID.alice)&limit=2")
            #expect(try first.json([ChannelView].self).map(\.id) == Array(newest.prefix(2)))
            let next = try #require(first[.link]?.split(separator: "<").first?.split(separator: ">").first)
            let second = try await desk.site.get(String(next))
            #expect(try second.json([ChannelView].self).map(\.id) == Array(newest[2..<4]))
            #expect(try await desk.channels().count == 6)
            #expect(try await desk.channels("?status=paused").map(\.id) == [ids[0]])
            for (user, count) in [(UserID.alice, 5), (.bob, 1), (UserID(UUID(high: 1, low: 3)), 0)] {
                let answer = try await desk.site.get("/api/channels/count?userId=\(user)")
                #expect(answer.text == #"{"count":\#(count)}"#)
            }
            for query in ["?limit=0", "?limit=201", "?status=open", "?userId=7", "?after=x", "/count", "/seven"] {
                #expect(try await desk.site.get("/api/channels" + query).status == .badRequest)
            }
            #expect(try await desk.site.get("/api/channels/\(UserID.alice)").status == .notFound)
        }
    }

    @Test func `is its user's business`() async throws {
        for (caller, status) in [
            (Caller.user(UserID.alice.raw, .user), HTTPStatus.ok), (.user(UserID.bob.raw, .user), .forbidden),
            (.user(UserID.bob.raw, .admin), .ok), (.anonymous, .unauthorized),
        ] {
            try await ChannelDesk.open(.memory, authorisation: .required, caller: caller) { desk in
                let path = "/api/channels/\(try await desk.ownedByAlice())"
                #expect(try await desk.site.get(path).status == status)
                #expect(try await desk.site.get("/api/channels?userId=\(UserID.alice)").status == status)
                #expect(try await desk.site.get("/api/channels/count?userId=\(UserID.alice)").status == status)
                #expect(try await desk.patch(path, ["name": "y"]).status == status)
                #expect(try await desk.put("\(path)/settings", [:]).status == status)
                for word in ["pause", "resume", "close"] {
                    #expect(try await desk.site.send(.post, "\(path)/\(word)").status == status)
                }
            }
        }
    }
}
