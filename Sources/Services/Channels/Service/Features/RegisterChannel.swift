internal import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories
internal import UsersContracts

package struct RegisterChannel: IdempotentCommand, Codable {
    package typealias Result = ChannelView

    let userId: UserID, type: Channel.Medium, name: String, externalId: String

    package var access: Access { .only(userId) }
    package var logFields: [LogField] { [LogField(.userID, userId)] }

    package struct Valid: Sendable { let origin: ChannelOrigin, name: ChannelName }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let name = check("name", try ChannelName(name))
        let externalID = check("externalId", try ExternalID(externalId))
        let (validName, validID) = try check.all(name, externalID)
        return Valid(origin: ChannelOrigin(user: userId, medium: type, externalID: validID), name: validName)
    }
}

struct RegisterChannelHandler: CommandHandler {
    typealias Handled = RegisterChannel
    let clockwork: Clockwork

    func callAsFunction(_ command: RegisterChannel.Valid, in work: Work, for request: RequestContext) async throws
        -> ChannelView
    {
        let (id, origin): (ChannelID, _) = (clockwork.newID(), command.origin)
        let events = Channel.register(id, origin, name: command.name, at: clockwork.now())
        let channel = try work.register(events, as: id, of: origin)
        try work.publish(
            ChannelCreated(
                channelId: id, userId: origin.user, type: origin.medium.rawValue, name: command.name.description,
                externalId: origin.externalID.description),
            for: request)
        return ChannelView(channel)
    }
}

extension RegisterChannel: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("name", .channelName).with("externalId", .externalID)
            .example([
                "userId": UserID.example, "type": "telegram", "name": "Morning signals", "externalId": "-1001234567890",
            ])
    }
}

extension Schema {
    static let channelName = oneLine(ChannelName.lengths).example("Morning signals")
    static let externalID = oneLine(ExternalID.lengths).example("-1001234567890")

    /// Not only blanks, and no control characters.
    static func oneLine(_ lengths: ClosedRange<Int>) -> Schema {
        .text(
            lengths,
            pattern: #"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$"#,
            expectation: "\(lengths.lowerBound) to \(lengths.upperBound) characters on one line"
        ) { text in isOneLine(text, lengths) }
    }
}

extension LogKey {
    static let userID = LogKey("user.id")
    static let channelID = LogKey("channel.id")
}
