package import NotebookContracts
internal import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence
package import UsersContracts

/// How clients see it.
package struct NoteView: Codable, Equatable, Sendable {
    package let id: NoteID, userId: UserID
    package let name: String
    package let createdAt: Timestamp, updatedAt: Timestamp
    /// For the tag; not part of the JSON. The answer to what is new is kept without it.
    package var version = Version.new.next

    private enum CodingKeys: CodingKey { case id, userId, name, createdAt, updatedAt }
}

extension NoteView {
    init(_ note: Note, version: Version) {
        self.init(
            id: note.id, userId: note.user, name: note.name.description, createdAt: note.createdAt,
            updatedAt: note.updatedAt, version: version)
    }
}

extension NoteView: RowReadable {
    static let columns: SQL = "id, user_id, name, created_at, updated_at, version"

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), userId: try row.decode(1), name: try row.decode(2), createdAt: try row.decode(3),
            updatedAt: try row.decode(4), version: try row.decode(5))
    }
}
