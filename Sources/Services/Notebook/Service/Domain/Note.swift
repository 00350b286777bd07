package import NotebookContracts
package import TradewindDomain
package import UsersContracts

package struct Note: Aggregate, Equatable {
    package typealias Tag = NoteTag
    package typealias Event = NoteEvent

    package static let kind = "note"
    package let id: NoteID
    package let user: UserID
    package private(set) var name: NoteName
    package let createdAt: Timestamp
    package private(set) var updatedAt: Timestamp
    package private(set) var deletedAt: Timestamp?
    package var version: Version

    package static func create(
        _ id: NoteID, for user: UserID, name: NoteName, at now: Timestamp
    ) -> (note: Note, events: [NoteEvent]) {
        let note = Note(
            id: id, user: user, name: name, createdAt: now, updatedAt: now, deletedAt: nil, version: .new)
        return (note, [.created])
    }

    /// As it was stored.
    init(
        id: NoteID, user: UserID, name: NoteName, createdAt: Timestamp, updatedAt: Timestamp, deletedAt: Timestamp?,
        version: Version
    ) {
        (self.id, self.user, self.name) = (id, user, name)
        (self.createdAt, self.updatedAt) = (createdAt, updatedAt)
        (self.deletedAt, self.version) = (deletedAt, version)
    }

    package mutating func rename(to name: NoteName, at now: Timestamp) -> [NoteEvent] {
        guard name != self.name else { return [] }
        (self.name, updatedAt) = (name, now)
        return [.renamed]
    }

    /// The row stays, for what refers to it; for everybody else it is gone.
    package mutating func delete(at now: Timestamp) -> [NoteEvent] {
        (deletedAt, updatedAt) = (now, now)
        return [.deleted]
    }
}

package enum NoteEvent: DomainEvent, Equatable { case created, renamed, deleted }

package enum NoteError: DomainError, Equatable {
    case nameIsTaken

    package var rule: Rule {
        switch self {
        case .nameIsTaken: "name-is-taken"
        }
    }
}
