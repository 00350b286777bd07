import Testing
import TradewindReactor

@Suite struct `Running something on a loop` {
    @Test func `works from a task of no loop`() async throws {
        #expect(try await elsewhere { loop in await loop.run { loop.isCurrent } })
    }

    @Test @MainActor func `works from an actor with a thread of its own`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutDown() }
        let loop = group.loops[0]
        #expect(await loop.run { loop.isCurrent })
    }

    @Test func `works from another loop, which it comes back to`() async throws {
        let group = try EventLoopGroup(count: 2)
        defer { group.shutDown() }
        let (here, there) = (group.loops[0], group.loops[1])
        let seen = await Task(executorPreference: here) {
            [await there.run { there.isCurrent && !here.isCurrent }, here.isCurrent]
        }.value
        #expect(seen == [true, true])
    }

    private func elsewhere<Result: Sendable>(
        _ body: @escaping @Sendable (EventLoop) async throws -> Result
    ) async throws -> Result {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutDown() }
        return try await Task.detached { try await body(group.loops[0]) }.value
    }
}
