package import TradewindDomain

/// What has a bucket of its own.
package enum RateKey: Hashable, Sendable, CustomStringConvertible {
    case user(UUID)
    case address(String)
    /// Of a rule's own: `.named("login", email)`.
    case named(String, String)

    package var description: String {
        switch self {
        case .user(let id): "user:\(id)"
        case .address(let address): "address:\(address)"
        case .named(let rule, let subject): "\(rule):\(subject)"
        }
    }
}

/// Counts what happens, in this process or for all instances together. It has no way to fail: one that cannot reach
/// where it counts says what it then lets pass, for instance what a local one lets.
package protocol RateLimiter: Sendable {
    var limit: RateLimit { get }

    /// A cost of 0 takes nothing and asks whether one would be admitted.
    func take(_ cost: Int, of key: RateKey) async -> RateVerdict
}

extension RateKey {
    /// Of an address of IPv6 the network (RFC 6177: a site has at least all of a /64), else a client had 2⁶⁴ buckets.
    package static func network(of address: String) -> RateKey {
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        let groups = halves.map { $0.split(separator: ":").map { UInt16($0, radix: 16) } }
        guard address.contains(":"), !groups.joined().contains(nil), groups.joined().count <= 8 else {
            return .address(address)
        }
        let (start, end) = (groups[0].compactMap(\.self), groups.count > 1 ? groups[1].compactMap(\.self) : [])
        let all = start + Array(repeating: 0, count: 8 - start.count - end.count) + end
        return .address(all.prefix(4).map { String($0, radix: 16) }.joined(separator: ":") + "::/64")
    }
}
