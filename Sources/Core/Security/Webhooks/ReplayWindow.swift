package import TradewindDomain
internal import TradewindLocks

/// Remembers the calls that were taken, so that one that somebody recorded is not taken again.
package protocol ReplayMemory: Sendable {
    /// Whether it is new.
    func remember(_ call: Digest, at now: Timestamp) async throws -> Bool
}

/// A memory of two generations: every so often the older one is forgotten whole. So a call is known for at least the
/// time that was asked for, at most for twice that, and forgetting costs nothing per call.
package struct ReplayWindow: Sendable {
    /// Somebody with a key sends more than can be remembered.
    package struct Full: Error, Hashable { package init() {} }

    private let length: Duration, capacity: Int
    private var young: Set<Digest> = [], old: Set<Digest> = []
    private var turn: Timestamp?

    /// A signature made five minutes ahead of our clock is good until ten minutes from now.
    package init(length: Duration = WebhookSignatures.window + WebhookSignatures.window, capacity: Int = 100_000) {
        (self.length, self.capacity) = (length, capacity)
    }

    package var count: Int { young.count + old.count }

    package mutating func remember(_ call: Digest, at now: Timestamp) throws(Full) -> Bool {
        let start = turn ?? now
        if now - start >= length {
            // After a long silence both are too old.
            old = now - start >= length + length ? [] : young
            young = []
            turn = now
        } else {
            turn = start
        }
        guard !old.contains(call), !young.contains(call) else { return false }
        guard count < capacity else { throw Full() }
        young.insert(call)
        return true
    }
}

/// In the memory of one process, which is enough where each channel's calls reach one instance, or where what they
/// carry is stored under the sender's own id.
package final class LocalReplayMemory: ReplayMemory {
    private let window: Lock<ReplayWindow>

    package init(_ window: ReplayWindow = ReplayWindow()) { self.window = Lock(window) }

    package func remember(_ call: Digest, at now: Timestamp) throws(ReplayWindow.Full) -> Bool {
        try window.withLock { (window) throws(ReplayWindow.Full) in try window.remember(call, at: now) }
    }
}
