package import TradewindReactor

/// Redis from the loops of a process: each loop has one connection, which all that runs there shares. Commands of one
/// turn of a loop leave in one write, answers come in the same order, and nobody waits for anybody else's.
///
///     let hits = try await redis("INCR", "hits").integer
///     try await redis("SET", key, value, "PX", Duration.seconds(30))
package final class RedisClient: Sendable {
    package let settings: RedisSettings
    let group: EventLoopGroup
    private let lines: [Line]
    private let resolver: Resolver
    private let tls: TLSContext

    /// Connects with the first command.
    package init(on group: EventLoopGroup, workers: WorkerPool, settings: RedisSettings) {
        (self.group, self.settings) = (group, settings)
        let (resolver, tls) = (Resolver(workers: workers), TLSContext(authorities: settings.authorities))
        (self.resolver, self.tls) = (resolver, tls)
        lines = group.loops.map { Line($0, settings, resolver, tls) }
    }

    /// One command. What Redis has to complain about is thrown.
    @discardableResult
    package func callAsFunction<each Word: RedisWord>(
        _ words: repeat each Word
    ) async throws(RedisError) -> RedisValue {
        let request = RedisRequest(repeat each words)
        guard let answer = try await send(request).first else { throw .unexpected("anything") }
        return try answer.checked()
    }

    /// Many commands in one go. An answer each, which may be a complaint.
    package func send(_ request: RedisRequest) async throws(RedisError) -> [RedisValue] {
        guard request.count > 0 else { return [] }
        let line = line
        return try await withCheckedContinuation { caller in
            line.loop.execute { line.send(request) { caller.resume(returning: $0) } }
        }.get()
    }

    package func run(
        _ script: RedisScript, keys: [String], _ words: [any RedisWord] = []
    ) async throws(RedisError) -> RedisValue {
        let line = line
        return try await withCheckedContinuation { caller in
            line.loop.execute { line.run(script, keys: keys, words) { caller.resume(returning: $0) } }
        }.get()
    }

    /// Commands that are under way fail, and so do all later ones.
    package func shutDown() {
        for line in lines { line.loop.execute { line.close() } }
    }

    /// That of the loop that this runs on, elsewhere of one after the other.
    var line: Line { lines[group.next().index] }

    func line(on loop: EventLoop) -> Line { lines[loop.index] }

    /// A connection for those who make Redis wait, or who listen.
    func separateLine(on loop: EventLoop) -> Line { Line(loop, settings, resolver, tls) }
}
