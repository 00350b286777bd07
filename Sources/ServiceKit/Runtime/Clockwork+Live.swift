package import TradewindDomain
internal import TradewindLocks
internal import TradewindReactor

extension Clockwork {
    /// The machine's clocks, and ids that rise over all threads of the process.
    package static let live = Clockwork(
        now: { Timestamp(microseconds: wallClock() / 1_000) },
        uptime: { .nanoseconds(Instant.now().nanoseconds) },
        newUUID: {
            let now = Timestamp(microseconds: wallClock() / 1_000)
            return identifiers.withLock { $0.next(at: now) }
        },
        sleep: { try await Task.sleep(for: $0) })

    private static let identifiers = Lock(RandomIdentifiers())
}

/// Chance is fetched for many ids at a time: a system call costs more than the rest of an id.
private struct RandomIdentifiers {
    private var sequence = UUIDSequence()
    private var words = InlineArray<64, UInt64>(repeating: 0)
    private var used = 64

    mutating func next(at now: Timestamp) -> UUID {
        if used == words.count {
            var span = words.mutableSpan
            fillWithRandomness(&span)
            used = 0
        }
        defer { used += 2 }
        return sequence.next(at: now, random: (words[used], words[used + 1]))
    }
}
