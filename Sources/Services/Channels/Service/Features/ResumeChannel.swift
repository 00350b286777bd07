internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindRepositories

package struct ResumeChannel: Command {
    package typealias Result = ChannelView
    package static let attempts = 3

    let channel: ChannelID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.channelID, channel)] }
}

struct ResumeChannelHandler: CommandHandler {
    typealias Handled = ResumeChannel

    func callAsFunction(_ command: ResumeChannel, in work: Work, for request: RequestContext) async throws
        -> ChannelView
    {
        try await work.change(command.channel, for: request) { try $0.resume() }
    }
}
