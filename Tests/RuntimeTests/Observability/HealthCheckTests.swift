import Synchronization
import Testing
import TradewindDomain
import TradewindRuntime
import TradewindTesting

@Suite struct `The checks of a service` {
    private struct Away: Error, CustomStringConvertible { let description = "connection refused" }
    private let clock = ManualClock()

    @Test func `say what is wrong, in the order in which they were added`() async {
        let checks = HealthChecks(clockwork: .manual(clock))
        checks.add(HealthCheck("database") { throw Away() })
        checks.add(HealthCheck("disk") {})
        let results = await checks.results()
        #expect(results.map(\.name) == ["database", "disk"])
        #expect(results.map(\.reason) == ["connection refused", nil])
    }

    @Test func `are asked once a second, however many want to know`() async {
        let asked = Atomic(0)
        let checks = HealthChecks(clockwork: .manual(clock))
        checks.add(HealthCheck("database") { asked.wrappingAdd(1, ordering: .relaxed) })
        for _ in 0..<5 { _ = await checks.results() }
        #expect(asked.load(ordering: .relaxed) == 1)
        clock.advance(by: .seconds(2))
        _ = await checks.results()
        #expect(asked.load(ordering: .relaxed) == 2)
    }

    @Test func `tell everybody who asks at the same time the same`() async {
        let gate = AsyncStream<Void>.makeStream()
        let checks = HealthChecks(clockwork: .manual(clock))
        checks.add(HealthCheck("database") { for await _ in gate.stream {} })
        await withTaskGroup { group in
            group.addTask { await checks.results().map(\.reason) }
            await clock.sleepers(1)
            group.addImmediateTask { await checks.results().map(\.reason) }
            gate.continuation.finish()
            for await reasons in group { #expect(reasons == [nil]) }
        }
    }

    @Test func `that hang hold up nobody for more than a second, and are not begun anew`() async {
        let begun = Atomic(0)
        let never = AsyncStream<Void>.makeStream()
        let checks = HealthChecks(clockwork: .manual(clock), freshness: .zero)
        checks.add(
            HealthCheck("database") {
                begun.wrappingAdd(1, ordering: .relaxed)
                // Deaf to cancellation, as code of others can be.
                await withCheckedContinuation { continuation in
                    never.continuation.onTermination = { _ in continuation.resume() }
                }
            })
        checks.add(HealthCheck("disk") {})
        async let first = checks.results()
        await clock.sleepers(1)
        clock.advance(by: .seconds(1))
        #expect(await first.map(\.reason) == ["no answer within a second", nil])
        #expect(await checks.results().map(\.reason) == ["still no answer", nil])
        #expect(begun.load(ordering: .relaxed) == 1)
        never.continuation.finish()
    }
}
