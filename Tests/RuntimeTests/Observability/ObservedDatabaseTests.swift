import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindObservability
import TradewindPersistence
import TradewindRuntime
import TradewindTesting

@Suite struct `A database under watch` {
    @Test func `tells how long statements took, and of a traced request each as a span, without values`() async throws {
        let metrics = Metrics()
        let tracer = Tracer(ratio: 1, seed: 1, clockwork: .manual())
        let scope = Scope(
            service: "orders", request: .given("r"), trace: TraceContext(traceID: 1, spanID: 0xCD, isSampled: true))
        try await Storage.memory.open { inner in
            let database = ObservedDatabase(inner, metrics: metrics, tracer: tracer, clockwork: .manual())
            _ = try await database.query("SELECT 1")
            try await Scope.$current.withValue(scope) {
                let name = "hunter2"
                _ = try await database.transaction { try await $0.query("SELECT \(name)") }
                await #expect(throws: DatabaseError.self) { try await database.query("SELECT * FROM nowhere") }
            }
        }
        let text = String(decoding: await metrics.exposition(.prometheus) { await $0() }, as: UTF8.self)
        #expect(text.contains("db_query_duration_seconds_count 3\n"))
        let spans = try JSONValue.parse(JSON.encode(tracer.store.traces()))[0]?["spans"]?.array ?? []
        #expect(spans.map { $0["name"] } == [.string("SELECT $1"), .string("SELECT * FROM nowhere")])
        #expect(spans.map { $0["hasFailed"] } == [.bool(false), .bool(true)])
        #expect(spans.allSatisfy { $0["parentId"] == .string("00000000000000cd") && $0["kind"] == .string("client") })
    }
}
