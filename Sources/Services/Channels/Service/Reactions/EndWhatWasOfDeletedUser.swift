internal import ChannelsContracts
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension Subscription {
    /// Nobody is left to pay for copies, or to say what happens to a channel. What was copied and what was said stays:
    /// orders are orders, and others follow the signals.
    static func endWhatWasOfDeletedUser(_ store: Store) -> Subscription {
        .reaction(to: UserDeleted.self, by: ChannelsService.name, in: store.work) { event, work, _ in
            work.write("DELETE FROM followers WHERE user_id = \(event.userId)")
            let channels = try await work.query(
                """
                SELECT id FROM channels WHERE user_id = \(event.userId) AND status <> \(Channel.Status.closed) ORDER BY id
                """)
            for row in channels {
                try await EventStore.channels.update(row.decode(0), in: work) { channel in
                    // Closed since it was looked up.
                    channel.status == .closed ? [] : try channel.close()
                }
            }
        }
    }
}
