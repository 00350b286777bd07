internal import TradewindDomain
internal import TradewindMessaging

// How a topic looks in redis-cli. All keys of a topic are of one hash slot, for the scripts touch several of them; so
// in a cluster topics are spread, and each lives on one node.
//
//     {order.created}:0 … {order.created}:7      streams, the lanes
//     {order.created}:lanes                      how many there are
//     {order.created}.dlq                        a stream of dead letters
//     {order.created}:members:payments           who is in the group: a sorted set of names, by when they expire
//     {order.created}:0:payments                 who of the group has lane 0, until its time is over

extension Lane {
    var key: String { "{\(topic)}:\(number)" }

    func lease(of group: String) -> String { "\(key):\(group)" }
}

extension EventName {
    var laneCountKey: String { "{\(self)}:lanes" }
    var deadLetterKey: String { "{\(self)}.dlq" }

    func members(of group: String) -> String { "{\(self)}:members:\(group)" }
}

/// Where in a stream an entry is: `1732182904000-0`, a time in milliseconds and a number within it.
struct EntryID: Hashable, Comparable, CustomStringConvertible {
    let position: UInt128

    static let zero = EntryID(position: 0)

    init(position: UInt128) { self.position = position }

    init?(_ text: String) {
        let halves = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let time = UInt64(halves[0]), let number = UInt64(halves[1]) else { return nil }
        position = UInt128(time) << 64 | UInt128(number)
    }

    var description: String {
        "\(UInt64(truncatingIfNeeded: position >> 64))-\(UInt64(truncatingIfNeeded: position))"
    }

    static func < (a: EntryID, b: EntryID) -> Bool { a.position < b.position }
}

/// FNV-1a with 64 bits, which any producer in any language can repeat. Its low bits are what is used.
func spread(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
}

extension EventName {
    /// Events of one key are in one lane; those without a key, in any.
    func lane(for event: Envelope, of count: Int) -> Lane {
        let hash = event.key.isEmpty ? event.id.high ^ event.id.low : spread(event.key.utf8)
        return Lane(self, Int(hash % UInt64(max(count, 1))))
    }
}

extension BrokerFailure {
    init(_ error: RedisError) {
        switch error {
        case .unavailable, .connectionLost, .unexpected: self.init(.unavailable, "\(error)")
        case .unwelcome: self.init(.refused, "\(error)")
        case .complaint(let complaint): self.init(complaint.isPassing ? .unavailable : .refused, "\(error)")
        }
    }
}

/// The errors of Redis in `body` as the port has them.
func translating<Result>(
    _ body: () async throws(RedisError) -> Result
) async throws(BrokerFailure) -> Result {
    do throws(RedisError) { return try await body() } catch { throw BrokerFailure(error) }
}
