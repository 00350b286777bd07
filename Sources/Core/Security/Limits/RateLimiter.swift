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
