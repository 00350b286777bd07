internal import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindRepositories

/// What a client may write; whose it is stands in the path.
package struct NewName: Decodable, Sendable { let name: String }

package struct RenameChannel: Command {
    package typealias Result = ChannelView
    package static let attempts = 3

    let channel: ChannelID, expected: Version?, change: NewName

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.channelID, channel)] }

    package struct Valid: Sendable { let channel: ChannelID, expected: Version?, name: ChannelName }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let name = check("name", try ChannelName(change.name))
        return Valid(channel: channel, expected: expected, name: try check.all(name))
    }
}

struct RenameChannelHandler: CommandHandler {
    typealias Handled = RenameChannel

    func callAsFunction(_ command: RenameChannel.Valid, in work: Work, for request: RequestContext) async throws
        -> ChannelView
    {
        try await work.change(command.channel, expected: command.expected, for: request) {
            try $0.rename(to: command.name)
        }
    }
}

extension NewName: Described {
    package static var schema: Schema { Schema(of: Self.self).with("name", .channelName) }
}
