internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
package import UsersContracts

package enum MessageTag {}
package typealias MessageID = ID<MessageTag>

package enum SignalTag {}
package typealias SignalID = ID<SignalTag>

/// A message has come in, whatever it means.
package struct ChannelMessageReceived: IntegrationEvent, Equatable {
    package static let name: EventName = "channel.message-received"
    package let channelId: ChannelID, userId: UserID, messageId: MessageID
    /// `signal`, `update`, `close`, `none` or `rejected`.
    package let kind: String
    package let externalMessageId: String?, signalId: SignalID?
    package var subject: String { channelId.description }

    package init(
        channelId: ChannelID, userId: UserID, messageId: MessageID, kind: String, externalMessageId: String?,
        signalId: SignalID?
    ) {
        (self.channelId, self.userId, self.messageId) = (channelId, userId, messageId)
        (self.kind, self.externalMessageId, self.signalId) = (kind, externalMessageId, signalId)
    }
}

package struct TradingSignalReceived: IntegrationEvent, Equatable {
    package static let name: EventName = "trading-signal.received"
    package let signalId: SignalID, channelId: ChannelID, userId: UserID
    package let terms: SignalTerms
    package let receivedAt: Timestamp
    package var subject: String { signalId.description }

    package init(
        signalId: SignalID, channelId: ChannelID, userId: UserID, terms: SignalTerms, receivedAt: Timestamp
    ) {
        (self.signalId, self.channelId, self.userId) = (signalId, channelId, userId)
        (self.terms, self.receivedAt) = (terms, receivedAt)
    }

    private enum CodingKeys: CodingKey { case signalId, channelId, userId, receivedAt }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        signalId = try container.decode(SignalID.self, forKey: .signalId)
        channelId = try container.decode(ChannelID.self, forKey: .channelId)
        userId = try container.decode(UserID.self, forKey: .userId)
        receivedAt = try container.decode(Timestamp.self, forKey: .receivedAt)
        terms = try SignalTerms(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(signalId, forKey: .signalId)
        try container.encode(channelId, forKey: .channelId)
        try container.encode(userId, forKey: .userId)
        try terms.encode(to: encoder)
        try container.encode(receivedAt, forKey: .receivedAt)
    }
}

/// How a signal is now, and what of it has changed.
package struct TradingSignalUpdated: IntegrationEvent, Equatable {
    package static let name: EventName = "trading-signal.updated"
    package let signalId: SignalID, channelId: ChannelID, userId: UserID
    /// `entry`, `stop-loss`, `targets`, `filled`, `target-hit`, `stopped`, `part-closed`, `closed`, `cancelled`,
    /// `expired`.
    package let changed: [String]
    /// `open`, `target-hit`, `stopped`, `closed` or `expired`.
    package let status: String
    package let terms: SignalTerms
    package let targetsHit: Int, openPercent: Int
    package var subject: String { signalId.description }

    package init(
        signalId: SignalID, channelId: ChannelID, userId: UserID, changed: [String], status: String,
        terms: SignalTerms, targetsHit: Int, openPercent: Int
    ) {
        (self.signalId, self.channelId, self.userId) = (signalId, channelId, userId)
        (self.changed, self.status, self.terms) = (changed, status, terms)
        (self.targetsHit, self.openPercent) = (targetsHit, openPercent)
    }

    private enum CodingKeys: CodingKey { case signalId, channelId, userId, changed, status, targetsHit, openPercent }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        signalId = try container.decode(SignalID.self, forKey: .signalId)
        channelId = try container.decode(ChannelID.self, forKey: .channelId)
        userId = try container.decode(UserID.self, forKey: .userId)
        changed = try container.decode([String].self, forKey: .changed)
        status = try container.decode(String.self, forKey: .status)
        targetsHit = try container.decode(Int.self, forKey: .targetsHit)
        openPercent = try container.decode(Int.self, forKey: .openPercent)
        terms = try SignalTerms(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(signalId, forKey: .signalId)
        try container.encode(channelId, forKey: .channelId)
        try container.encode(userId, forKey: .userId)
        try container.encode(changed, forKey: .changed)
        try container.encode(status, forKey: .status)
        try terms.encode(to: encoder)
        try container.encode(targetsHit, forKey: .targetsHit)
        try container.encode(openPercent, forKey: .openPercent)
    }
}
