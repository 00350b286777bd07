package import ChannelsContracts
internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain

/// What became of a message.
package struct MessageReceipt: Codable, Equatable, Sendable {
    package let messageId: MessageID
    package let kind: ChannelMessage.Kind
    /// The one that it proposes; null when it proposes none.
    package let signal: SignalView?
    package let updatedSignalIds: [SignalID]?
    package let reason: String?

    init(_ message: ChannelMessage, _ signal: SignalView?) {
        (messageId, kind, self.signal, reason) = (message.id, message.kind, signal, message.reason)
        updatedSignalIds = message.updated.isEmpty ? nil : message.updated
    }

    private enum CodingKeys: CodingKey { case messageId, kind, signal, updatedSignalIds, reason }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(messageId, forKey: .messageId)
        try container.encode(kind, forKey: .kind)
        try container.encode(signal, forKey: .signal)
        try container.encodeIfPresent(updatedSignalIds, forKey: .updatedSignalIds)
        try container.encodeIfPresent(reason, forKey: .reason)
    }
}

extension ChannelMessage.Kind: Described {}
