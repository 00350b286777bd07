internal import NotebookContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindRepositories

package struct DeleteNote: Command {
    package static let attempts = 3

    let note: NoteID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.noteID, note)] }
}

struct DeleteNoteHandler: CommandHandler {
    typealias Handled = DeleteNote
    let clockwork: Clockwork

    func callAsFunction(_ command: DeleteNote, in work: Work, for request: RequestContext) async throws {
        let (note, events) = try await work.update(command.note, in: .notes) {
            (note: inout Note) throws -> [NoteEvent] in
            try Access.only(note.user).admit(request.caller)
            return note.delete(at: clockwork.now())
        }
        try work.publish(events, of: note, for: request)
    }
}
