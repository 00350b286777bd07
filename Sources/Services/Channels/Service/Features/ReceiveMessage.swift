package import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories

/// A message as clients write it; which channel's it is stands in the path.
package struct NewMessage: Decodable, Sendable {
    let text: String, author: String?, sentAt: Timestamp?
    let externalMessageId: String?, replyTo: String?

    package init(
        text: String, author: String? = nil, sentAt: Timestamp? = nil, externalMessageId: String? = nil,
        replyTo: String? = nil
    ) {
        (self.text, self.author, self.sentAt) = (text, author, sentAt)
        (self.externalMessageId, self.replyTo) = (externalMessageId, replyTo)
    }

    func content() throws(Violations) -> MessageContent {
        try MessageContent(
            text: text, author: author, sentAt: sentAt, externalMessageID: externalMessageId, replyTo: replyTo)
    }
}

package struct ReceiveMessage: Command {
    package typealias Result = MessageReceipt

    let channel: ChannelID, message: NewMessage

    package init(channel: ChannelID, message: NewMessage) { (self.channel, self.message) = (channel, message) }

    /// The intake knows whose the channel is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.channelID, channel)] }

    package struct Valid: Sendable { let channel: ChannelID, content: MessageContent }

    package func validated() throws(Violations) -> Valid {
        Valid(channel: channel, content: try message.content())
    }
}

struct ReceiveMessageHandler: CommandHandler {
    typealias Handled = ReceiveMessage
    let intake: MessageIntake

    func callAsFunction(_ command: ReceiveMessage.Valid, in work: Work, for request: RequestContext) async throws
        -> MessageReceipt
    {
        let receipts = try await intake.take([command.content], in: command.channel, work, for: request)
        guard let receipt = receipts.first else { throw NotFound(Channel.kind, command.channel) }
        return receipt
    }
}

extension NewMessage: Described {
    package static var schema: Schema {
        Schema(of: Self.self)
            .with("text", .text(0...MessageContent.longest).example("BUY BTC/USDT @ 43,250 TP1 44000 SL 42500"))
            .with("author", .oneLine(MessageContent.authorLengths))
            .with("externalMessageId", .externalID).with("replyTo", .externalID)
            .example(["text": "BUY BTC/USDT @ 43,250 TP1 44000 TP2 45,000 SL 42500", "externalMessageId": "4711"])
    }
}
