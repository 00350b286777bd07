internal import TradewindDomain

/// What a group does with the messages of one topic.
package struct Subscription: Sendable {
    package let topic: EventName
    package let handle: @Sendable (Delivery) async throws -> Void

    /// Whatever the handler throws is judged by `Verdict`.
    package init(_ topic: EventName, _ handle: @escaping @Sendable (Delivery) async throws -> Void) {
        (self.topic, self.handle) = (topic, handle)
    }

    package static func on<Event: IntegrationEvent>(
        _: Event.Type, _ handle: @escaping @Sendable (Received<Event>) async throws -> Void
    ) -> Subscription {
        Subscription(Event.name) { delivery in try await handle(try Received(delivery)) }
    }
}

/// How often a handler that fails is called, and how long it rests between.
package struct RetryPolicy: Sendable {
    /// Calls in all. What is not there (a database, another service) is waited for and does not count.
    package var attempts = 6
    package var shortest = Duration.milliseconds(100)
    package var longest = Duration.seconds(10)

    package init() {}

    /// Doubles each time. Between half of it and all of it, by chance, so that those who failed together do not come
    /// back together.
    func pause(after failures: Int, random: UInt64) -> Duration {
        let whole = min(shortest * (1 << min(max(failures - 1, 0), 20)), longest)
        return whole / 2 + whole / 2 * Int(random % 1_000) / 1_000
    }
}
