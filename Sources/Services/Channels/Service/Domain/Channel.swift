package import ChannelsContracts
package import TradewindDomain
internal import UsersContracts

/// Where trading signals come from: a room, a feed, a mailbox of one user. It is what its events make of it.
package struct Channel: EventSourced, Codable, Equatable {
    package enum Medium: String, CaseIterable, Codable, Sendable { case telegram, discord, slack, webhook, email, rss }
    package enum Status: String, CaseIterable, Codable, Sendable { case active, paused, closed }

    package typealias Tag = ChannelTag
    package typealias Event = ChannelEvent

    package static let kind = "channel"
    package let id: ChannelID
    package let origin: ChannelOrigin
    package private(set) var name: ChannelName
    package private(set) var status = Status.active
    package private(set) var settings = ChannelSettings.standard
    package let createdAt: Timestamp
    /// The number of its events; nothing that a snapshot has to remember.
    package var version = Version.new

    private enum CodingKeys: CodingKey { case id, origin, name, status, settings, createdAt }

    package static func register(
        _ id: ChannelID, _ origin: ChannelOrigin, name: ChannelName, at now: Timestamp
    ) -> [ChannelEvent] {
        [.registered(id: id, origin: origin, name: name, at: now)]
    }

    package init?(_ first: ChannelEvent) {
        guard case .registered(let id, let origin, let name, let moment) = first else { return nil }
        (self.id, self.origin, self.name, createdAt) = (id, origin, name, moment)
    }

    package mutating func apply(_ event: ChannelEvent) {
        switch event {
        case .registered: break
        case .renamed(let name): self.name = name
        case .paused: status = .paused
        case .resumed: status = .active
        case .closed: status = .closed
        case .settingsChanged(let settings): self.settings = settings
        }
    }

    package mutating func rename(to name: ChannelName) throws(ChannelError) -> [ChannelEvent] {
        guard status != .closed else { throw .closedChannelsStayAsTheyAre }
        return name == self.name ? [] : happened(.renamed(to: name))
    }

    package mutating func change(_ settings: ChannelSettings) throws(ChannelError) -> [ChannelEvent] {
        guard status != .closed else { throw .closedChannelsStayAsTheyAre }
        return settings == self.settings ? [] : happened(.settingsChanged(to: settings))
    }

    /// What comes while it is paused is kept and means nothing.
    package mutating func pause() throws(ChannelError) -> [ChannelEvent] {
        guard status == .active else { throw .onlyActiveChannelsCanBePaused(status) }
        return happened(.paused)
    }

    package mutating func resume() throws(ChannelError) -> [ChannelEvent] {
        guard status == .paused else { throw .onlyPausedChannelsCanBeResumed(status) }
        return happened(.resumed)
    }

    /// For good.
    package mutating func close() throws(ChannelError) -> [ChannelEvent] {
        guard status != .closed else { throw .closedChannelsStayAsTheyAre }
        return happened(.closed)
    }

    private mutating func happened(_ event: ChannelEvent) -> [ChannelEvent] {
        apply(event)
        return [event]
    }
}

/// As they are stored, for as long as there is the channel: a case may be added, none may change.
package enum ChannelEvent: DomainEvent, Codable, Equatable {
    case registered(id: ChannelID, origin: ChannelOrigin, name: ChannelName, at: Timestamp)
    case renamed(to: ChannelName)
    case paused, resumed, closed
    case settingsChanged(to: ChannelSettings)
}

package enum ChannelError: DomainError, Equatable {
    case aChannelIsRegisteredOnce
    case onlyActiveChannelsCanBePaused(Channel.Status)
    case onlyPausedChannelsCanBeResumed(Channel.Status)
    case closedChannelsStayAsTheyAre
    case closedChannelsTakeNoMessages

    package var rule: Rule {
        switch self {
        case .aChannelIsRegisteredOnce: "a-channel-is-registered-once"
        case .onlyActiveChannelsCanBePaused: "only-active-channels-can-be-paused"
        case .onlyPausedChannelsCanBeResumed: "only-paused-channels-can-be-resumed"
        case .closedChannelsStayAsTheyAre: "closed-channels-stay-as-they-are"
        case .closedChannelsTakeNoMessages: "closed-channels-take-no-messages"
        }
    }
}
