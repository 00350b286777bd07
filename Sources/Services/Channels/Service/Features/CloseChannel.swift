internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindRepositories

package struct CloseChannel: Command {
    package typealias Result = ChannelView
    package static let attempts = 3

    let channel: ChannelID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.channelID, channel)] }
}

struct CloseChannelHandler: CommandHandler {
    typealias Handled = CloseChannel

    func callAsFunction(_ command: CloseChannel, in work: Work, for request: RequestContext) async throws
        -> ChannelView
    {
        try await work.change(command.channel, for: request) { try $0.close() }
    }
}
