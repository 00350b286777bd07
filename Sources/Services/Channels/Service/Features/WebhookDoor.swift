internal import ChannelsContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindSecurity

/// Lets in what the senders of a channel's webhook have signed.
struct WebhookDoor: Sendable {
    let database: any Database
    let boxes: SealedBoxes
    let clockwork: Clockwork

    /// A box opens for its channel only.
    static func place(of channel: ChannelID) -> String { "webhook of channel \(channel)" }

    /// Returns a name for the call, by which it is known when it comes again.
    ///
    /// Who may not come in is not told why: not even whether there is such a channel.
    func admit(
        _ body: [UInt8], signature: String?, timestamp: String?, to channel: ChannelID
    ) async throws -> String {
        let rows = try await database.query(
            "SELECT box, older_box FROM webhook_secrets WHERE channel_id = \(channel)")
        guard let row = rows.first, let signature, let timestamp else { throw Refusal.unauthenticated }
        let secret = try open(try row.decode(0), of: channel)
        let older = try row.decode(1, as: String?.self).map { try open($0, of: channel) }
        do throws(WebhookRefusal) {
            let call = WebhookSignature(text: signature, timestamp: timestamp)
            let digest = try WebhookSignatures(secret, older: older.map { [$0] } ?? [])
                .verify(body, signed: call, at: clockwork.now())
            return "call \(digest.hexadecimal)"
        } catch {
            throw Refusal.unauthenticated
        }
    }

    private func open(_ box: String, of channel: ChannelID) throws -> String {
        String(decoding: try boxes.open(box, in: Self.place(of: channel)), as: UTF8.self)
    }
}
