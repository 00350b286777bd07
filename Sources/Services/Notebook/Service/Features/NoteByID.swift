internal import NotebookContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence

package struct NoteByID: Query {
    package typealias Result = NoteView
    let note: NoteID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
}

struct NoteByIDHandler: QueryHandler {
    typealias Handled = NoteByID
    let database: any Database

    func callAsFunction(_ query: NoteByID, for request: RequestContext) async throws -> NoteView {
        let rows = try await database.query(
            "SELECT \(NoteView.columns) FROM notes WHERE id = \(query.note) AND deleted_at IS NULL")
        guard let row = rows.first else { throw NotFound(Note.kind, query.note) }
        let note = try NoteView(row)
        try Access.only(note.userId).admit(request.caller)
        return note
    }
}
