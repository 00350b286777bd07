internal import ChannelsContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindMessaging
package import TradewindPersistence
package import TradewindRepositories
internal import UsersContracts

extension Channel.Medium: SQLBindable, SQLReadable {}
extension Channel.Status: SQLBindable, SQLReadable {}

extension EventStore where A == Channel {
    static let channels = EventStore<Channel>([ChannelTable()], snapshotEvery: 50)
}

/// The channels as they are now: what lists, counts and messages are read from.
package struct ChannelTable: Projection {
    package typealias Source = Channel

    package init() {}

    package let reset: [SQL] = ["DELETE FROM channels"]

    package func statements(for entry: EventEntry<Channel>) -> [SQL] {
        let (id, version) = (entry.id, entry.version)
        switch entry.event {
        case .registered(_, let origin, let name, let moment):
            return [
                """
                INSERT INTO channels (id, user_id, type, external_id, name, status, settings, created_at, version)
                VALUES (\(id), \(origin.user), \(origin.medium), \(origin.externalID.description), \(name.description),
                \(Channel.Status.active), NULL, \(moment), \(version))
                """
            ]
        case .renamed(let name):
            return ["UPDATE channels SET name = \(name.description), version = \(version) WHERE id = \(id)"]
        case .paused: return [Self.update(id, to: .paused, version)]
        case .resumed: return [Self.update(id, to: .active, version)]
        case .closed: return [Self.update(id, to: .closed, version)]
        case .settingsChanged(let settings):
            return ["UPDATE channels SET settings = \(try? JSONText(settings)), version = \(version) WHERE id = \(id)"]
        }
    }

    private static func update(_ id: ChannelID, to status: Channel.Status, _ version: Version) -> SQL {
        "UPDATE channels SET status = \(status), version = \(version) WHERE id = \(id)"
    }
}

extension Work {
    /// A new channel, if there is none of its origin.
    func register(_ events: [ChannelEvent], as id: ChannelID, of origin: ChannelOrigin) throws -> Channel {
        // A read model can be thrown away; what must be unique stands in a table of its own.
        write(
            """
            INSERT INTO channel_origins (user_id, type, external_id, channel_id)
            VALUES (\(origin.user), \(origin.medium), \(origin.externalID.description), \(id))
            """, conflicts: ["channel_origins_pkey": ChannelError.aChannelIsRegisteredOnce])
        return try EventStore.channels.begin(id, with: events, in: self)
    }

    /// Changes a channel that is the caller's.
    func change(
        _ id: ChannelID, expected: Version? = nil, for request: RequestContext,
        _ change: (inout Channel) throws -> [ChannelEvent]
    ) async throws -> ChannelView {
        let (channel, _) = try await EventStore.channels.update(id, in: self, expected: expected) { channel in
            try Access.only(channel.origin.user).admit(request.caller)
            return try change(&channel)
        }
        return ChannelView(channel)
    }
}
