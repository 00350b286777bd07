/// A part of a program that lives as long as the program: a pool, a relay, a consumer, a server.
///
///     func run(_ life: Life) async throws {
///         let listener = try bind()          // throwing here stops the start
///         life.started()                     // now the next part may start
///         await life.stopRequested()         // …serving meanwhile
///         await listener.drain()             // work in hand is finished, then the part returns
///     }
///
/// Returning or throwing before it was asked to stop brings the whole program down, with the part's name.
package protocol Service: Sendable {
    var name: String { get }
    func run(_ life: Life) async throws
}

/// What a running part and its group tell each other. A part that does not end in time is cancelled.
package struct Life: Sendable {
    private let onStarted: @Sendable () -> Void
    private let stop: Latch

    init(stop: Latch, onStarted: @escaping @Sendable () -> Void) {
        self.stop = stop
        self.onStarted = onStarted
    }

    /// Says that the part is ready for those that start after it.
    package func started() { onStarted() }

    package var isStopping: Bool { stop.isOpen }

    /// Returns when the part should finish its work and return, or when it is cancelled.
    package func stopRequested() async { await stop.wait() }
}
