internal import ChannelsContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindMessaging
package import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension ChannelMessage.Kind: SQLBindable, SQLReadable {}

extension ChannelMessage: RowReadable {
    static let columns: SQL =
        "id, text, author, sent_at, external_id, reply_to, received_at, kind, signal_id, updated_signals, reason"

    package init(_ row: Row) throws {
        let content = MessageContent(
            stored: try row.decode(1), author: try row.decode(2), sentAt: try row.decode(3),
            externalID: try row.decode(4, as: String?.self).map(ExternalID.init(stored:)),
            replyTo: try row.decode(5, as: String?.self).map(ExternalID.init(stored:)))
        self.init(
            id: try row.decode(0), content: content, receivedAt: try row.decode(6), kind: try row.decode(7),
            signal: try row.decode(8), updated: try row.decode(9), reason: try row.decode(10))
    }
}

extension Work {
    /// Messages of a channel by the names that it has for them.
    func messages(_ names: [ExternalID], in channel: ChannelID) async throws -> [ExternalID: ChannelMessage] {
        guard !names.isEmpty else { return [:] }
        let rows = try await query(
            """
            SELECT \(ChannelMessage.columns) FROM messages
            WHERE channel_id = \(channel) AND external_id = ANY (\(names.map(\.description)))
            """)
        var found: [ExternalID: ChannelMessage] = [:]
        for message in try rows.decode(ChannelMessage.self) {
            if let name = message.content.externalID { found[name] = message }
        }
        return found
    }

    /// Keeps a message and tells the others that there is one.
    func keep(_ message: ChannelMessage, in channel: ChannelView, for request: RequestContext) throws {
        let content = message.content
        write(
            """
            INSERT INTO messages (channel_id, \(ChannelMessage.columns))
            VALUES (\(channel.id), \(message.id), \(content.text), \(content.author), \(content.sentAt),
            \(content.externalID?.description), \(content.replyTo?.description), \(message.receivedAt),
            \(message.kind), \(message.signal), \(message.updated), \(message.reason))
            """)
        try publish(
            ChannelMessageReceived(
                channelId: channel.id, userId: channel.userId, messageId: message.id, kind: message.kind.rawValue,
                externalMessageId: content.externalID?.description, signalId: message.signal),
            for: request)
    }
}
