internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
package import UsersContracts

package enum NoteTag {}
package typealias NoteID = ID<NoteTag>

package struct NoteCreated: IntegrationEvent, Equatable {
    package static let name: EventName = "note.created"
    package let noteId: NoteID, userId: UserID, name: String
    package var subject: String { noteId.description }

    package init(noteId: NoteID, userId: UserID, name: String) {
        (self.noteId, self.userId, self.name) = (noteId, userId, name)
    }
}
