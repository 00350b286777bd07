internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
package import UsersContracts

package enum ChannelTag {}
package typealias ChannelID = ID<ChannelTag>

package struct ChannelCreated: IntegrationEvent, Equatable {
    package static let name: EventName = "channel.created"
    package let channelId: ChannelID, userId: UserID
    package let type: String, name: String, externalId: String
    package var subject: String { channelId.description }

    package init(channelId: ChannelID, userId: UserID, type: String, name: String, externalId: String) {
        (self.channelId, self.userId) = (channelId, userId)
        (self.type, self.name, self.externalId) = (type, name, externalId)
    }
}
