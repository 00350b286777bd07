/// A name that one holder has at a time, until it gives it back or its time is over: for work that shall not be done
/// twice at once, and may be. A holder that was away longer than its time does not know that it is no longer alone, so
/// what must never happen twice needs the database's own guard too.
package struct RedisLock: Sendable {
    package let name: String
    private let token: String
    private let client: RedisClient

    fileprivate init(_ name: String, _ token: String, _ client: RedisClient) {
        (self.name, self.token, self.client) = (name, token, client)
    }

    /// False when it was no longer ours.
    @discardableResult
    package func release() async throws(RedisError) -> Bool {
        try await client.run(Self.releasing, keys: [name], [token]).integer == 1
    }

    /// Counts the time anew. False when it was no longer ours.
    package func extend(to time: Duration) async throws(RedisError) -> Bool {
        try await client.run(Self.extending, keys: [name], [token, time]).integer == 1
    }

    private static let releasing = RedisScript(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")
    private static let extending = RedisScript(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0")
}

extension RedisClient {
    /// Nil when somebody else has it.
    package func tryLock(_ name: String, for time: Duration) async throws(RedisError) -> RedisLock? {
        let token = newToken()
        let answer = try await self("SET", name, token, "NX", "PX", time)
        return answer.isNull ? nil : RedisLock(name, token, self)
    }
}

/// By which Redis knows whose something is.
func newToken() -> String { "\(String(chance(), radix: 36))\(String(chance(), radix: 36))" }
