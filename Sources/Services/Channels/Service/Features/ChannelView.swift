package import ChannelsContracts
internal import TradewindAPI
internal import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence
package import UsersContracts

/// A channel as clients see it.
package struct ChannelView: Codable, Equatable, Sendable {
    package let id: ChannelID, userId: UserID
    package let type: Channel.Medium, name: String, externalId: String
    package let status: Channel.Status
    package let settings: ChannelSettings
    package let createdAt: Timestamp
    /// For the tag; not part of the JSON. The answer to what is new is kept without it.
    package var version = Version.new.next

    private enum CodingKeys: CodingKey { case id, userId, type, name, externalId, status, settings, createdAt }
}

extension Channel.Medium: Described {}
extension Channel.Status: Described {}

extension ChannelView {
    /// As a change has left it.
    init(_ channel: Channel) {
        self.init(
            id: channel.id, userId: channel.origin.user, type: channel.origin.medium, name: channel.name.description,
            externalId: channel.origin.externalID.description, status: channel.status, settings: channel.settings,
            createdAt: channel.createdAt, version: channel.version)
    }
}

extension ChannelView: RowReadable {
    static let columns: SQL = "id, user_id, type, name, external_id, status, settings, created_at, version"

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), userId: try row.decode(1), type: try row.decode(2), name: try row.decode(3),
            externalId: try row.decode(4), status: try row.decode(5),
            settings: try row.decode(6, as: JSONText?.self)?.decode() ?? .standard, createdAt: try row.decode(7),
            version: try row.decode(8))
    }
}
