internal import ChannelsContracts
internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON

extension ChannelsService {
    var messages: [Endpoint] {
        [
            .post(
                "/api/channels/:id/messages", "Tell what was said in a channel", access: .signedIn,
                takes: NewMessage.self, gives: .accepted(MessageReceipt.self)
            ) { message, call in
                try await commands.send(ReceiveMessage(channel: try call.id(), message: message), call.context)
            }
            .detail("The same externalMessageId a second time changes nothing, and has the first answer.")
            .refusing(.conflict, "The channel is closed"),

            .post(
                "/api/channels/:id/messages/batch", "Tell what was said, up to a thousand messages", access: .signedIn,
                takes: NewMessages.self, gives: .accepted(MessageReceipts.self)
            ) { batch, call in
                try await commands.send(ReceiveMessages(channel: try call.id(), batch: batch), call.context)
            }
            .limit(body: 8 << 20)
            .refusing(.conflict, "The channel is closed"),

            .get(
                "/api/channels/:id/messages", "List what was said, the latest first", access: .signedIn,
                asks: MessagesQuery.self, gives: .page(of: MessageView.self)
            ) { query, call in
                try await queries.ask(ListMessages(channel: try call.id(), query: query), call.context)
            },

            .post(
                "/api/channels/:id/webhook-secret", "Get a new secret for the channel's webhook", access: .signedIn,
                gives: .ok(RenewWebhookSecret.Result.self)
            ) { call in
                try await commands.send(RenewWebhookSecret(channel: try call.id()), call.context)
            }
            .detail("It is shown once. The one before it counts until the next is made."),

            .post(
                "/hooks/channels/:id", "Tell what was said, from outside", access: .anyone,
                gives: .accepted(MessageReceipt.self)
            ) { call in
                try await hear(call)
            }
            .detail(
                "Signed: X-Timestamp holds seconds since 1970, X-Signature-256 `sha256=` and the HMAC of timestamp, dot "
                    + "and body. The body is as for messages, an update of a Telegram bot, or a message of Discord."
            )
            .refusing(.unauthorized, "It is not signed as it must be")
            .refusing(.conflict, "The channel is closed"),
        ]
    }

    private func hear(_ call: Call) async throws -> MessageReceipt {
        let channel: ChannelID = try call.id()
        let body = try await call.request.body.collect()
        let name = try await door.admit(
            body, signature: call.request[.xSignature256], timestamp: call.request[.xTimestamp], to: channel)
        guard let json = try? JSONValue.parse(body), json.object != nil else {
            throw Problem(.badRequest, detail: "the body must be a JSON object")
        }
        let message = NewMessage(outside: json, named: name)
        var context = call.context
        context.caller = .service("webhook")
        return try await commands.send(ReceiveMessage(channel: channel, message: message), context)
    }
}

extension HeaderName {
    fileprivate static let xSignature256: HeaderName = "X-Signature-256"
    fileprivate static let xTimestamp: HeaderName = "X-Timestamp"
}
