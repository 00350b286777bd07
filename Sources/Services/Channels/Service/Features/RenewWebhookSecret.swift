internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories
internal import TradewindSecurity
internal import UsersContracts

/// A secret for the senders of a channel's webhook, shown once. The one before it still counts, until the next.
package struct RenewWebhookSecret: Command {
    package struct Result: Codable, Equatable, Sendable { package let secret: String }

    let channel: ChannelID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.channelID, channel)] }
}

struct RenewWebhookSecretHandler: CommandHandler {
    typealias Handled = RenewWebhookSecret
    let boxes: SealedBoxes
    let chance: Chance

    func callAsFunction(_ command: RenewWebhookSecret, in work: Work, for request: RequestContext) async throws
        -> RenewWebhookSecret.Result
    {
        let rows = try await work.query("SELECT user_id FROM channels WHERE id = \(command.channel)")
        guard let row = rows.first else { throw NotFound(Channel.kind, command.channel) }
        try Access.only(try row.decode(0, as: UserID.self)).admit(request.caller)
        let secret = OpaqueToken(chance).text
        let box = try boxes.seal(Array(secret.utf8), in: WebhookDoor.place(of: command.channel))
        work.write(
            """
            INSERT INTO webhook_secrets (channel_id, box) VALUES (\(command.channel), \(box))
            ON CONFLICT (channel_id) DO UPDATE SET older_box = webhook_secrets.box, box = excluded.box
            """)
        return .init(secret: secret)
    }
}
