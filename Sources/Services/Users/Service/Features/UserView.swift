internal import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence
package import UsersContracts

/// A user as clients see it: without what proves who it is.
package struct UserView: Codable, Equatable, Sendable {
    package let id: UserID, email: String, name: String, role: Role, isActive: Bool
    package let createdAt: Timestamp, updatedAt: Timestamp
    /// For the tag; not part of the JSON. The answer to who is new is kept without it.
    package var version = Version.new.next

    private enum CodingKeys: CodingKey { case id, email, name, role, isActive, createdAt, updatedAt }
}

extension UserView {
    init(_ user: User, version: Version) {
        self.init(
            id: user.id, email: user.email.description, name: user.name.description, role: user.role,
            isActive: user.deletedAt == nil, createdAt: user.createdAt, updatedAt: user.updatedAt, version: version)
    }
}

extension UserView: RowReadable {
    static let columns: SQL = "id, email, name, role, created_at, updated_at, version"

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), email: try row.decode(1), name: try row.decode(2), role: try row.decode(3),
            isActive: true, createdAt: try row.decode(4), updatedAt: try row.decode(5), version: try row.decode(6))
    }
}
