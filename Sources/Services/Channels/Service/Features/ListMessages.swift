package import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence
internal import UsersContracts

/// What a client may ask for; the channel stands in the path.
package struct MessagesQuery: Decodable, Sendable { let kind: ChannelMessage.Kind?, limit: Int?, after: MessageID? }

package struct ListMessages: Query {
    package typealias Result = Page<MessageView>

    let channel: ChannelID, query: MessagesQuery

    /// The handler knows whose it is.
    package var access: Access { .signedIn }

    package struct Valid: Sendable {
        let channel: ChannelID, kind: ChannelMessage.Kind?, limit: PageSize, after: MessageID?
    }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(query.limit))
        return Valid(channel: channel, kind: query.kind, limit: try check.all(size), after: query.after)
    }
}

struct ListMessagesHandler: QueryHandler {
    typealias Handled = ListMessages
    let database: any Database

    func callAsFunction(_ query: ListMessages.Valid, for request: RequestContext) async throws -> Page<MessageView> {
        let channels = try await database.query("SELECT user_id FROM channels WHERE id = \(query.channel)")
        guard let channel = channels.first else { throw NotFound(Channel.kind, query.channel) }
        try Access.only(try channel.decode(0, as: UserID.self)).admit(request.caller)
        let kind: SQL = query.kind.map { "AND kind = \($0)" } ?? ""
        let after: SQL = query.after.map { "AND id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(ChannelMessage.columns) FROM messages WHERE channel_id = \(query.channel) \(kind) \(after)
            ORDER BY id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(MessageView.self), limit: query.limit.count) { $0.id.description }
    }
}

/// A message as clients see it.
package struct MessageView: Codable, Equatable, Sendable {
    package let id: MessageID, text: String, author: String?, sentAt: Timestamp?
    package let externalMessageId: String?, replyTo: String?
    package let receivedAt: Timestamp
    package let kind: ChannelMessage.Kind
    package let signalId: SignalID?, updatedSignalIds: [SignalID], reason: String?
}

extension MessageView: RowReadable {
    package init(_ row: Row) throws {
        let message = try ChannelMessage(row)
        let content = message.content
        self.init(
            id: message.id, text: content.text, author: content.author, sentAt: content.sentAt,
            externalMessageId: content.externalID?.description, replyTo: content.replyTo?.description,
            receivedAt: message.receivedAt, kind: message.kind, signalId: message.signal,
            updatedSignalIds: message.updated, reason: message.reason)
    }
}

extension MessagesQuery: Described {
    package static var schema: Schema { Schema(of: Self.self).with("limit", .pageSize) }
}
