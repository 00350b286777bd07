/// What a system is filled with for development and measurement. The same plan makes the same users and orders in every
/// process, so that each service fills its own database and all of them agree.
package struct SeedPlan: Hashable, Sendable {
    package let users: Int, orders: Int
    package let seed: UInt64

    package init(users: Int, orders: Int, seed: UInt64 = SeedPlan.usualSeed) {
        (self.users, self.orders, self.seed) = (max(1, users), max(0, orders), seed)
    }

    package static let usualSeed: UInt64 = 1

    /// It all happens in the half of a year before 2025-07-01, in which nobody waits for anything any more.
    private static let end = Timestamp(microseconds: 1_751_328_000_000_000)
    private static let length = Duration.seconds(180 * 86_400)

    /// Chance for one thing of a kind.
    package func dice(_ kind: SeedKind, _ number: Int) -> Dice {
        var seeds = Dice(seed ^ kind.rawValue << 56)
        return Dice(seeds.next() ^ UInt64(truncatingIfNeeded: number))
    }

    /// When it happens, for the one with this number of so many.
    package func moment(_ number: Int, of count: Int) -> Timestamp {
        Self.end - Self.length * Double(max(count - number, 0)) / Double(max(count, 1))
    }

    /// The newest user at the moment of an order: nobody orders before he is there.
    package func newestUser(atOrder number: Int) -> Int {
        min(users - 1, Int(Double(number) / Double(max(orders, 1)) * Double(users)))
    }
}

package enum SeedKind: UInt64, Sendable { case user = 1, welcome, order, payment, password }

/// Chance that can be had again: the same seed, the same numbers (SplitMix64 of Steele, Lea and Flood, 2014).
package struct Dice: Sendable {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// The bias of the division is no matter for samples.
    package mutating func roll(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// - Parameter list: has at least one.
    package mutating func pick<Element>(_ list: [Element]) -> Element { list[roll(0...list.count - 1)] }

    package mutating func id<Tag>(at moment: Timestamp) -> ID<Tag> {
        ID(UUID(v7: UInt64(clamping: moment.milliseconds), random: (next(), next())))
    }
}
