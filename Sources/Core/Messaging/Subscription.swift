package import TradewindCQRS
internal import TradewindDomain

/// What a group does with the messages of one topic.
package struct Subscription: Sendable {
    /// Stands around the handler of an event, once its envelope has been read.
    package typealias Around =
        @Sendable (
            ReceivedEnvelope, (RequestContext) async throws -> Void
        ) async throws -> Void

    package let topic: EventName
    package let handle: @Sendable (Delivery, Around?) async throws -> Void

    /// For messages as they come. Whatever the handler throws is judged by `Verdict`.
    package init(_ topic: EventName, _ handle: @escaping @Sendable (Delivery) async throws -> Void) {
        self.topic = topic
        self.handle = { delivery, _ in try await handle(delivery) }
    }

    package static func on<Event: IntegrationEvent>(
        _: Event.Type, _ handle: @escaping @Sendable (Received<Event>) async throws -> Void
    ) -> Subscription {
        Subscription(topic: Event.name) { delivery, around in
            let received = try Received<Event>(delivery)
            guard let around else { return try await handle(received) }
            try await around(received.envelope) { request in
                var received = received
                received.envelope.request = request
                try await handle(received)
            }
        }
    }

    init(topic: EventName, handle: @escaping @Sendable (Delivery, Around?) async throws -> Void) {
        (self.topic, self.handle) = (topic, handle)
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
