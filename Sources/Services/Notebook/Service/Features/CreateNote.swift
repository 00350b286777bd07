internal import NotebookContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories
internal import UsersContracts

package struct CreateNote: IdempotentCommand, Codable {
    package typealias Result = NoteView

    let userId: UserID, name: String

    package var access: Access { .only(userId) }
    package var logFields: [LogField] { [LogField(.userID, userId)] }

    package struct Valid: Sendable { let user: UserID, name: NoteName }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let name = check("name", try NoteName(name))
        return Valid(user: userId, name: try check.all(name))
    }
}

struct CreateNoteHandler: CommandHandler {
    typealias Handled = CreateNote
    let clockwork: Clockwork

    func callAsFunction(_ command: CreateNote.Valid, in work: Work, for request: RequestContext) async throws
        -> NoteView
    {
        let (note, events) = Note.create(
            clockwork.newID(), for: command.user, name: command.name, at: clockwork.now())
        try work.add(note, to: .notes)
        try work.publish(events, of: note, for: request)
        return NoteView(note, version: .new.next)
    }
}

extension CreateNote: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("name", .noteName).example(["userId": UserID.example, "name": "The first"])
    }
}

extension Schema {
    static let noteName = Schema.personName { (try? NoteName($0)) != nil }.example("The first")
}

extension LogKey {
    static let userID = LogKey("user.id")
    static let noteID = LogKey("note.id")
}
