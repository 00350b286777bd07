internal import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindRepositories

/// Many messages of a channel at once, as they followed each other.
package struct NewMessages: Decodable, Sendable { let messages: [NewMessage] }

package struct MessageReceipts: Codable, Equatable, Sendable { package let results: [MessageReceipt] }

package struct ReceiveMessages: Command {
    package typealias Result = MessageReceipts
    package static let counts = 1...1_000

    let channel: ChannelID, batch: NewMessages

    /// The intake knows whose the channel is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.channelID, channel)] }

    package struct Valid: Sendable { let channel: ChannelID, contents: [MessageContent] }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let contents = check("messages", batch.messages, count: Self.counts) { (message) throws(Violations) in
            try message.content()
        }
        return Valid(channel: channel, contents: try check.all(contents))
    }
}

struct ReceiveMessagesHandler: CommandHandler {
    typealias Handled = ReceiveMessages
    let intake: MessageIntake

    func callAsFunction(_ command: ReceiveMessages.Valid, in work: Work, for request: RequestContext) async throws
        -> MessageReceipts
    {
        MessageReceipts(
            results: try await intake.take(command.contents, in: command.channel, work, for: request))
    }
}

extension NewMessages: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("messages", .list(of: NewMessage.schema, ReceiveMessages.counts))
    }
}
