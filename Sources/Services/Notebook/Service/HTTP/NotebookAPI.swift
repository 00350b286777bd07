internal import NotebookContracts
package import TradewindAPI
internal import TradewindCQRS
internal import TradewindHTTP

extension NotebookService {
    package var api: API {
        API("Notebook", "Notes of users") {
            Endpoint.post(
                "/api/notebook", "Create a note", access: .signedIn, takes: CreateNote.self,
                gives: .created(NoteView.self, at: { "/api/notebook/\($0.id)" }, tag: \.version)
            ) { note, call in
                try await commands.send(note, call.context)
            }
            .repeatable
            .refusing(.conflict, "The user has one of this name")

            Endpoint.get(
                "/api/notebook", "List notes, the newest first", access: .signedIn, asks: ListNotes.self,
                gives: .page(of: NoteView.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            }

            Endpoint.get("/api/notebook/:id", "One note", access: .signedIn, gives: .ok(NoteView.self, tag: \.version))
            { call in
                try await queries.ask(NoteByID(note: try call.id()), call.context)
            }

            Endpoint.patch(
                "/api/notebook/:id", "Rename a note", access: .signedIn, takes: NewName.self,
                gives: .ok(NoteView.self, tag: \.version)
            ) { name, call in
                let rename = RenameNote(note: try call.id(), expected: call.expectedVersion, change: name)
                return try await commands.send(rename, call.context)
            }
            .refusing(.conflict, "The user has one of this name")
            .refusing(.preconditionFailed, "The note has changed since the version in If-Match")

            Endpoint.delete("/api/notebook/:id", "Delete a note", access: .signedIn, gives: .noContent) { call in
                try await commands.send(DeleteNote(note: try call.id()), call.context)
            }
        }
    }
}
