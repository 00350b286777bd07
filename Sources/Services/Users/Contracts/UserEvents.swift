internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging

package enum UserTag {}
package typealias UserID = ID<UserTag>

package struct UserCreated: IntegrationEvent, Equatable {
    package static let name: EventName = "user.created"
    package let userId: UserID, email: String, name: String, role: Role
    package var subject: String { userId.description }

    package init(userId: UserID, email: String, name: String, role: Role) {
        (self.userId, self.email, self.name, self.role) = (userId, email, name, role)
    }
}

package struct UserUpdated: IntegrationEvent, Equatable {
    package static let name: EventName = "user.updated"
    package let userId: UserID
    /// The names of what is different now, not the values.
    package let changed: [String]
    package var subject: String { userId.description }

    package init(userId: UserID, changed: [String]) { (self.userId, self.changed) = (userId, changed) }
}

package struct UserDeleted: IntegrationEvent, Equatable {
    package static let name: EventName = "user.deleted"
    package let userId: UserID
    package var subject: String { userId.description }

    package init(userId: UserID) { self.userId = userId }
}
