/// Time and ids, passed in: whoever has none can read no clock and make no id, and a test winds it by hand.
package struct Clockwork: Sendable {
    package let now: @Sendable () -> Timestamp
    /// Since an arbitrary moment, never stepping back: for measuring.
    package let uptime: @Sendable () -> Duration
    package let newUUID: @Sendable () -> UUID
    /// Throws `CancellationError` when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        newUUID: @escaping @Sendable () -> UUID, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        (self.now, self.uptime, self.newUUID, self.sleep) = (now, uptime, newUUID, sleep)
    }

    /// `let order: OrderID = clockwork.newID()`
    package func newID<Tag>() -> ID<Tag> { ID(newUUID()) }
}
