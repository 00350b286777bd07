internal import TradewindDomain
internal import TradewindJSON

extension NewMessage {
    /// As it comes from outside: a message as our own clients write it, an update of a Telegram bot, or a message of
    /// Discord, from its API or as one is sent to a webhook. What has no text (somebody joined, a picture) has an empty
    /// one, which means nothing to anybody.
    ///
    /// - Parameter name: the message's, if it has none of its own.
    init(outside body: JSONValue, named name: String) {
        let telegram = ["message", "channel_post", "edited_message", "edited_channel_post"].lazy
            .compactMap { body[$0] }.first
        if body["update_id"] != nil {
            self.init(telegram: telegram ?? .null, named: name)
        } else if body["content"] != nil || body["embeds"] != nil {
            self.init(discord: body, named: name)
        } else {
            self.init(
                text: body["text"]?.string ?? "", author: body["author"]?.string,
                sentAt: body["sentAt"]?.string.flatMap { Timestamp($0) },
                externalMessageId: body["externalMessageId"]?.string ?? name, replyTo: body["replyTo"]?.string)
        }
    }

    /// https://core.telegram.org/bots/api#message. An edited message is another one: what it said first has had its
    /// effect.
    private init(telegram message: JSONValue, named name: String) {
        let from = message["from"] ?? message["sender_chat"]
        let id = message["message_id"].flatMap(Self.text)
        let edited = message["edit_date"].flatMap(Self.text)
        self.init(
            text: (message["text"] ?? message["caption"])?.string ?? "",
            author: (from?["username"] ?? from?["title"] ?? from?["first_name"])?.string,
            sentAt: message["date"]?.number.flatMap { $0.integer(as: Int64.self) }.flatMap(Self.moment),
            externalMessageId: id.map { id in edited.map { "\(id) edited \($0)" } ?? id } ?? name,
            replyTo: message["reply_to_message"]?["message_id"].flatMap(Self.text))
    }

    /// https://discord.com/developers/docs/resources/message. What a webhook is sent has no id and no time.
    private init(discord message: JSONValue, named name: String) {
        let embeds = message["embeds"]?.array ?? []
        let texts = embeds.flatMap { [$0["title"]?.string, $0["description"]?.string].compactMap(\.self) }
        let content = message["content"]?.string ?? ""
        self.init(
            text: ((content.isEmpty ? [] : [content]) + texts).joined(separator: "\n"),
            author: (message["author"]?["username"] ?? message["username"])?.string,
            sentAt: message["timestamp"]?.string.flatMap { Timestamp($0) },
            externalMessageId: message["id"]?.string ?? name,
            replyTo: message["message_reference"]?["message_id"]?.string)
    }

    private static func text(_ id: JSONValue) -> String? { id.string ?? id.number?.literal }

    private static func moment(_ seconds: Int64) -> Timestamp? {
        let (microseconds, isTooLate) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return isTooLate ? nil : Timestamp(microseconds: microseconds)
    }
}
