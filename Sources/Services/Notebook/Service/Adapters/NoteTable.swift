internal import NotebookContracts
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories

extension AggregateTable where A == Note {
    static let notes = AggregateTable<Note>(
        select: { id in
            """
            SELECT id, user_id, name, created_at, updated_at, version FROM notes
            WHERE id = \(id) AND deleted_at IS NULL
            """
        },
        read: { row in
            Note(
                id: try row.decode(0), user: try row.decode(1), name: NoteName(stored: try row.decode(2)),
                createdAt: try row.decode(3), updatedAt: try row.decode(4), deletedAt: nil,
                version: try row.decode(5))
        },
        insert: { note in
            """
            INSERT INTO notes (id, user_id, name, created_at, updated_at, version)
            VALUES (\(note.id), \(note.user), \(note.name.description),
            \(note.createdAt), \(note.updatedAt), \(note.version))
            """
        },
        update: { note in
            """
            UPDATE notes SET name = \(note.name.description), updated_at = \(note.updatedAt),
            deleted_at = \(note.deletedAt), version = \(note.version)
            WHERE id = \(note.id)
            """
        },
        conflicts: { _ in ["notes_user_name": NoteError.nameIsTaken] })
}

extension Work {
    /// What others hear of it, with the commit.
    func publish(_ events: [NoteEvent], of note: Note, for request: RequestContext) throws {
        for event in events {
            switch event {
            case .created:
                try publish(
                    NoteCreated(noteId: note.id, userId: note.user, name: note.name.description), for: request)
            case .renamed, .deleted: break  // nobody has asked for these
            }
        }
    }
}
