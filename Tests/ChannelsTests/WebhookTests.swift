import Channels
import ChannelsContracts
import Testing
import TradewindAPI
import TradewindDomain
import TradewindHTTP
import TradewindJSON
internal import TradewindPersistence
internal import TradewindRuntime
import TradewindSecurity
import TradewindTesting

@Suite struct `The webhook of a channel` {
    private func secret(_ desk: ChannelDesk, _ channel: ChannelID) async throws -> String {
        let answer = try await desk.site.send(.post, "/api/channels/\(channel)/webhook-secret")
        return try answer.json(RenewWebhookSecret.Result.self).secret
    }

    private func call(
        _ desk: ChannelDesk, _ channel: ChannelID, _ body: String, signedWith secret: String,
        at moment: Timestamp = Clockwork.live.now()
    ) async throws -> TestResponse {
        let signature = WebhookSignatures(secret).sign(Array(body.utf8), at: moment)
        return try await desk.site.send(
            .post, "/hooks/channels/\(channel)",
            headers: ["X-Signature-256": signature.text, "X-Timestamp": signature.timestamp], body: Array(body.utf8))
    }

    private func messages(_ desk: ChannelDesk, _ channel: ChannelID) async throws -> [MessageView] {
        try await desk.site.get("/api/channels/\(channel)/messages").json()
    }

    @Test(arguments: Storage.allCases) func `takes what is signed, in the shapes that are known`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let channel = try await desk.channel().id
            let secret = try await secret(desk, channel)
            for body in [
                #"{"text":"hi","author":"ann","sentAt":"2025-06-14T12:00:00.000Z","externalMessageId":"7","replyTo":"6"}"#,
                #"""
                {"update_id":1,"message":{"message_id":7,"date":1749902400,"text":"hi","chat":{"id":-100},
                "from":{"id":1,"username":"ann"},"reply_to_message":{"message_id":6}}}
                """#,
                #"""
                {"id":"7","content":"hi","author":{"id":"1","username":"ann"},"timestamp":"2025-06-14T12:00:00.000Z",
                "message_reference":{"message_id":"6"}}
                """#,
            ] {
                let channel = try await desk.channel("room-\(body.count)").id
                let answer = try await call(desk, channel, body, signedWith: try await self.secret(desk, channel))
                #expect(answer.status == .accepted)
                let message = try #require(try await messages(desk, channel).first)
                #expect(message.text == "hi" && message.author == "ann" && message.sentAt == .noon)
                #expect(message.externalMessageId == "7" && message.replyTo == "6")
            }
            let joined = #"{"update_id":2,"my_chat_member":{}}"#
            #expect(try await call(desk, channel, joined, signedWith: secret).status == .accepted)
            let embed = #"{"content":"","embeds":[{"title":"BUY","description":"BTC"}]}"#
            #expect(try await call(desk, channel, embed, signedWith: secret).status == .accepted)
            #expect(try await messages(desk, channel).map(\.text) == ["BUY\nBTC", ""])
        }
    }

    @Test func `takes nobody else's word`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let (channel, other) = (try await desk.channel("a").id, try await desk.channel("b").id)
            #expect(try await call(desk, channel, "{}", signedWith: "x").status == .unauthorized)
            let secret = try await secret(desk, channel)
            _ = try await self.secret(desk, other)
            #expect(try await call(desk, other, "{}", signedWith: secret).status == .unauthorized)
            #expect(try await call(desk, channel, "{}", signedWith: secret + "x").status == .unauthorized)
            let now = Clockwork.live.now()
            for (age, status) in [
                (-310, HTTPStatus.unauthorized), (-290, .accepted), (290, .accepted), (310, .unauthorized),
            ] {
                let answer = try await call(desk, channel, "{}", signedWith: secret, at: now + .seconds(age))
                #expect(answer.status == status)
            }
            #expect(
                try await desk.site.send(.post, "/hooks/channels/\(channel)", body: [0x7B, 0x7D]).status
                    == .unauthorized)
            let nowhere = ChannelID(UUID(high: 9, low: 9))
            #expect(try await call(desk, nowhere, "{}", signedWith: secret).status == .unauthorized)
            for body in ["", "[]", "x", "\"x\""] {
                #expect(try await call(desk, channel, body, signedWith: secret).status == .badRequest)
            }
        }
    }

    @Test func `takes a call once, whatever it holds`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let channel = try await desk.channel().id
            let secret = try await secret(desk, channel), now = Clockwork.live.now()
            let first = try await call(desk, channel, #"{"text":"hi"}"#, signedWith: secret, at: now)
            let again = try await call(desk, channel, #"{"text":"hi"}"#, signedWith: secret, at: now)
            #expect(again.status == .accepted && again.text == first.text)
            #expect(try await messages(desk, channel).count == 1)
            #expect(try await desk.told() == ["channel.created", "channel.message-received"])
        }
    }

    @Test func `keeps its secret where nobody can read it, and the one before for a while`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let channel = try await desk.channel().id
            var secrets: [String] = []
            for _ in 1...3 { secrets.append(try await secret(desk, channel)) }
            for (secret, status) in zip(secrets, [HTTPStatus.unauthorized, .accepted, .accepted]) {
                #expect(try await call(desk, channel, "{}", signedWith: secret).status == status)
            }
            let row = try #require(
                try await desk.database.query("SELECT box || older_box FROM webhook_secrets").first?
                    .decode(0, as: String.self))
            #expect(secrets.allSatisfy { !row.contains($0) } && row.hasPrefix("v1."))
        }
    }

    @Test func `is closed with its channel`() async throws {
        try await ChannelDesk.open(.memory) { desk in
            let channel = try await desk.channel().id
            let secret = try await secret(desk, channel)
            _ = try await desk.site.send(.post, "/api/channels/\(channel)/pause")
            let paused = try await call(desk, channel, #"{"text":"1"}"#, signedWith: secret)
            #expect(try paused.json(MessageReceipt.self).reason == "channel-paused")
            _ = try await desk.site.send(.post, "/api/channels/\(channel)/close")
            #expect(try await call(desk, channel, #"{"text":"2"}"#, signedWith: secret).status == .conflict)
        }
    }
}
