/// Makes UUIDs of version 7 that only ever rise: also those of one millisecond, and also when the clock steps back
/// (RFC 9562 §6.2, monotonic random). Fed with time and chance, so a test knows what comes out.
package struct UUIDSequence: Sendable {
    private var milliseconds: UInt64 = 0
    /// What is behind the time in the last id: 74 bits.
    private var tail: UInt128 = 0

    /// Ids that come after `last`.
    package init(after last: UUID = .zero) {
        milliseconds = last.high >> 16
        tail = UInt128(last.high & 0xFFF) << 62 | UInt128(last.low & (1 << 62 - 1))
    }

    package mutating func next(at now: Timestamp, random: (UInt64, UInt64)) -> UUID {
        let time = UInt64(clamping: now.milliseconds)
        let chance = UInt128(random.0) << 64 | UInt128(random.1)
        if time > milliseconds {
            start(time, chance)
        } else {
            // A step of up to 2^32: the next id follows, and still cannot be guessed from this one.
            tail += 1 + chance & 0xFFFF_FFFF
            if tail >> 74 != 0 { start(milliseconds + 1, chance) }
        }
        return UUID(
            v7: milliseconds,
            random: (UInt64(truncatingIfNeeded: tail >> 62), UInt64(truncatingIfNeeded: tail)))
    }

    /// The highest bit stays free, so that even the largest beginning leaves room for 2^41 ids in its millisecond.
    private mutating func start(_ time: UInt64, _ chance: UInt128) {
        milliseconds = time
        tail = chance & (1 << 73 - 1)
    }
}
