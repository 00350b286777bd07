package import TradewindDomain
package import TradewindSecurity

/// Remembers calls for all instances. Without Redis nothing is known to be new, so nothing is taken: it throws, and the
/// sender tries again.
package struct RedisReplayMemory: ReplayMemory {
    private let client: RedisClient
    /// For as long as a signature can be good.
    private static let length = WebhookSignatures.window + WebhookSignatures.window

    package init(on client: RedisClient) { self.client = client }

    package func remember(_ call: Digest, at now: Timestamp) async throws -> Bool {
        let answer = try await client("SET", "tradewind:call:\(call.hexadecimal)", "1", "NX", "PX", Self.length)
        return !answer.isNull
    }
}
