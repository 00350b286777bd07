package import TradewindCQRS
internal import TradewindDomain
package import TradewindMessaging
internal import TradewindPersistence

extension Subscription {
    /// What a service does when it hears of something, exactly once: the message is recorded in the inbox of `consumer`
    /// in the transaction of the effect.
    ///
    ///     .reaction(to: UserCreated.self, by: "orders", in: work) { event, work, request in
    ///         work.add(Order.welcome(event.userId), to: orders)
    ///     }
    package static func reaction<Event: IntegrationEvent>(
        to event: Event.Type, by consumer: String, in unitOfWork: DatabaseWork,
        _ react: @escaping @Sendable (Event, Work, RequestContext) async throws -> Void
    ) -> Subscription {
        let inbox = Inbox(consumer: consumer)
        return .on(Event.self) { received in
            do {
                try await unitOfWork { work in
                    // With the other writes, where it costs no round trip: a message seldom comes a second time.
                    let record = inbox.insert(received.id, at: work.now)
                    work.write(record, conflicts: [Inbox.constraint: AlreadyHandled()])
                    try await react(received.event, work, received.request)
                }
            } catch is AlreadyHandled {
                return
            } catch {
                // What was done already may well be refused a second time; then that is no failure.
                if try await unitOfWork.hasHandled(received.id, by: inbox) { return }
                throw error
            }
        }
    }
}

/// It is done already, and that is no failure. A reaction whose effect is one by itself names a conflict so, where the
/// same may come as another message.
package struct AlreadyHandled: Error { package init() {} }
