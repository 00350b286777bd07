internal import NotebookContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindRepositories

/// What a client may write; which one is meant stands in the path.
package struct NewName: Decodable, Sendable { let name: String }

package struct RenameNote: Command {
    package typealias Result = NoteView
    package static let attempts = 3

    let note: NoteID, expected: Version?, change: NewName

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.noteID, note)] }

    package struct Valid: Sendable { let note: NoteID, expected: Version?, name: NoteName }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let name = check("name", try NoteName(change.name))
        return Valid(note: note, expected: expected, name: try check.all(name))
    }
}

struct RenameNoteHandler: CommandHandler {
    typealias Handled = RenameNote
    let clockwork: Clockwork

    func callAsFunction(_ command: RenameNote.Valid, in work: Work, for request: RequestContext) async throws
        -> NoteView
    {
        let (note, events) = try await work.update(command.note, in: .notes, expected: command.expected) {
            (note: inout Note) throws -> [NoteEvent] in
            try Access.only(note.user).admit(request.caller)
            return note.rename(to: command.name, at: clockwork.now())
        }
        try work.publish(events, of: note, for: request)
        return NoteView(note, version: note.version)
    }
}

extension NewName: Described {
    package static var schema: Schema { Schema(of: Self.self).with("name", .noteName) }
}
