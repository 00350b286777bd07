package import TradewindDomain
package import UsersContracts

package enum SessionTag {}
package typealias SessionID = ID<SessionTag>

/// From a login to its end: a family of refresh tokens, of which the youngest counts.
package struct LiveSession: Equatable, Sendable {
    package let id: SessionID, user: UserID
    package let expires: Timestamp

    package init(id: SessionID, user: UserID, expires: Timestamp) {
        (self.id, self.user, self.expires) = (id, user, expires)
    }
}

/// A refresh token came a second time: either its user or somebody who has stolen it used it before, and nobody can
/// tell which.
package struct TokenReused: DomainError, Equatable {
    package let session: SessionID
    package var rule: Rule { "a-refresh-token-works-once" }
}
