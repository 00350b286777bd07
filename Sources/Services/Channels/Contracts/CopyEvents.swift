package import Signals
internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
package import UsersContracts

package enum FollowerTag {}
package typealias FollowerID = ID<FollowerTag>

package enum CopyTag {}
package typealias CopyID = ID<CopyTag>

/// Somebody who follows a channel wants to have what its signal proposes. The order that it becomes bears the id of the
/// copy, so it is one however often it is asked for.
package struct CopyOrderRequested: IntegrationEvent, Equatable {
    package static let name: EventName = "copy-order.requested"
    package let copyId: CopyID, signalId: SignalID, channelId: ChannelID, followerId: FollowerID, userId: UserID
    package let symbol: Symbol, side: Side
    package let productId: String, quantity: Int, price: Money
    package var subject: String { copyId.description }

    package init(
        copyId: CopyID, signalId: SignalID, channelId: ChannelID, followerId: FollowerID, userId: UserID,
        symbol: Symbol, side: Side, productId: String, quantity: Int, price: Money
    ) {
        (self.copyId, self.signalId, self.channelId) = (copyId, signalId, channelId)
        (self.followerId, self.userId, self.symbol, self.side) = (followerId, userId, symbol, side)
        (self.productId, self.quantity, self.price) = (productId, quantity, price)
    }
}
