package import ChannelsContracts
package import TradewindDomain
package import UsersContracts

/// Somebody who copies the signals of a channel.
package struct Follower: Aggregate, Equatable {
    package enum Status: String, CaseIterable, Codable, Sendable { case active, paused }

    package typealias Tag = FollowerTag
    package typealias Event = FollowerEvent

    package static let kind = "follower"
    package let id: FollowerID, channel: ChannelID, user: UserID
    package private(set) var terms: CopyTerms
    package private(set) var status: Status
    /// What all copies that have ended brought, in hundredths, since somebody last let it go on.
    package private(set) var balance: Int64
    package let createdAt: Timestamp
    package private(set) var updatedAt: Timestamp
    package var version: Version

    package static func follow(
        _ channel: ChannelID, as id: FollowerID, for user: UserID, _ terms: CopyTerms, at now: Timestamp
    ) -> Follower {
        Follower(
            id: id, channel: channel, user: user, terms: terms, status: .active, balance: 0, createdAt: now,
            updatedAt: now, version: .new)
    }

    /// As it was stored.
    init(
        id: FollowerID, channel: ChannelID, user: UserID, terms: CopyTerms, status: Status, balance: Int64,
        createdAt: Timestamp, updatedAt: Timestamp, version: Version
    ) {
        (self.id, self.channel, self.user, self.terms) = (id, channel, user, terms)
        (self.status, self.balance, self.createdAt) = (status, balance, createdAt)
        (self.updatedAt, self.version) = (updatedAt, version)
    }

    package mutating func change(_ terms: CopyTerms, at now: Timestamp) -> [FollowerEvent] {
        guard terms != self.terms else { return [] }
        (self.terms, updatedAt) = (terms, now)
        return [.termsChanged]
    }

    package mutating func pause(at now: Timestamp) throws(FollowerError) -> [FollowerEvent] {
        guard status == .active else { throw .onlyActiveFollowersCanBePaused }
        (status, updatedAt) = (.paused, now)
        return [.paused]
    }

    /// What was lost before is forgotten, or the next loss would pause it at once.
    package mutating func resume(at now: Timestamp) throws(FollowerError) -> [FollowerEvent] {
        guard status == .paused else { throw .onlyPausedFollowersCanBeResumed }
        (status, balance, updatedAt) = (.active, 0, now)
        return [.resumed]
    }

    /// A copy has ended.
    package mutating func book(_ gain: Int64, at now: Timestamp) -> [FollowerEvent] {
        let (sum, isTooMuch) = balance.addingReportingOverflow(gain)
        (balance, updatedAt) = (isTooMuch ? balance : sum, now)
        guard status == .active, let percent = terms.pauseOnLossPercent,
            -balance >= terms.budget.hundredths * Int64(percent) / 100
        else { return [.booked] }
        status = .paused
        return [.booked, .paused]
    }
}

package enum FollowerEvent: DomainEvent, Equatable { case termsChanged, paused, resumed, booked }

package enum FollowerError: DomainError, Equatable {
    case onlyActiveFollowersCanBePaused, onlyPausedFollowersCanBeResumed
    case closedChannelsCannotBeFollowed

    package var rule: Rule {
        switch self {
        case .onlyActiveFollowersCanBePaused: "only-active-followers-can-be-paused"
        case .onlyPausedFollowersCanBeResumed: "only-paused-followers-can-be-resumed"
        case .closedChannelsCannotBeFollowed: "closed-channels-cannot-be-followed"
        }
    }
}
