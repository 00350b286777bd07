internal import TradewindMessaging
internal import TradewindRepositories
internal import UsersContracts

extension Subscription {
    /// Nobody is left to be logged in.
    static func endSessionsOfDeletedUser(_ store: Store) -> Subscription {
        .reaction(to: UserDeleted.self, by: AuthService.name, in: store.work) { event, work, _ in
            work.endSessions(of: event.userId)
        }
    }
}
