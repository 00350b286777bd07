internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension Subscription {
    /// Nobody is left whose they are.
    static func deleteNotesOfDeletedUser(_ store: Store, _ clockwork: Clockwork) -> Subscription {
        .reaction(to: UserDeleted.self, by: NotebookService.name, in: store.work) { event, work, request in
            let mine = try await work.query(
                "SELECT id FROM notes WHERE user_id = \(event.userId) AND deleted_at IS NULL ORDER BY id")
            for row in mine {
                let (note, events) = try await work.update(row.decode(0), in: .notes) { $0.delete(at: clockwork.now()) }
                try work.publish(events, of: note, for: request)
            }
        }
    }
}
