package import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
internal import TradewindPersistence
package import TradewindRepositories
package import TradewindRuntime
internal import UsersContracts

/// Notebook: each note belongs to a user.
package struct NotebookService: Sendable {
    package static let name = "notebook"

    package let commands: CommandBus<DatabaseWork>
    package let queries: QueryBus
    package let subscriptions: [Subscription]

    package init(
        _ store: Store, authorisation: Authorisation, instruments: Instruments = .none, clockwork: Clockwork
    ) throws(Miswiring) {
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: store.answers,
            unitOfWork: store.work, clockwork: clockwork)
        commands = try CommandBus(for: [CreateNote.self, RenameNote.self, DeleteNote.self], behaviours) {
            CreateNoteHandler(clockwork: clockwork)
            RenameNoteHandler(clockwork: clockwork)
            DeleteNoteHandler(clockwork: clockwork)
        }
        queries = try QueryBus(
            for: [NoteByID.self, ListNotes.self], instruments: instruments, authorisation: authorisation,
            clockwork: clockwork
        ) {
            NoteByIDHandler(database: store.database)
            ListNotesHandler(database: store.database)
        }
        subscriptions = [.deleteNotesOfDeletedUser(store, clockwork)]
    }
}

extension NotebookService {
    package static let hosted = HostedService(
        name, port: 3999, schema: [schema], listensTo: [UserDeleted.self]
    ) { _ in
        { host in
            let service = try NotebookService(
                host.store(), authorisation: host.authorisation, instruments: host.instruments,
                clockwork: host.clockwork)
            try host.consume(service.subscriptions)
            try host.serve(service.api)
        }
    }
}
