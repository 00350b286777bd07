import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindObservability
import TradewindTesting

@Suite struct `A tracer` {
    @Test func `continues the trace that a request brings, whatever its own share is`() {
        let parent = TraceContext(traceID: 1, spanID: 2, isSampled: true, state: "vendor=1")
        let trace = tracer(ratio: 0).root(of: .given("r"), below: parent)
        #expect(trace.traceID == 1 && trace.isSampled && trace.state == "vendor=1")
        #expect(trace.spanID != 2 && trace.spanID != 0)
    }

    @Test func `gives a new trace the bits of the request's own name`() {
        let id = UUID(high: 0x01A1_FD81_38E2_7ADA, low: 0xBB66_79A7_3778_27AB)
        #expect(tracer().root(of: .made(id), below: nil).traceID == 0x01A1_FD81_38E2_7ADA_BB66_79A7_3778_27AB)
    }

    @Test(arguments: [0, 0.01, 0.5, 1])
    func `looks at its share of the traces, and any other would choose the same`(ratio: Double) {
        let (one, other) = (tracer(ratio: ratio), tracer(ratio: ratio, seed: 99))
        let ids = (0..<20_000).map { _ in UUID(high: one.newSpanID(), low: one.newSpanID()) }
        let sampled = ids.filter { one.root(of: .made($0), below: nil).isSampled }
        #expect(abs(Double(sampled.count) / 20_000 - ratio) < 0.02)
        #expect(sampled == ids.filter { other.root(of: .made($0), below: nil).isSampled })
    }

    @Test func `never gives a number twice`() {
        let tracer = tracer()
        #expect(Set((0..<100_000).map { _ in tracer.newSpanID() }).count == 100_000)
    }

    @Test func `makes nothing of a trace that nobody looks at`() {
        let tracer = tracer(ratio: 0)
        let trace = tracer.root(of: .given("r"), below: nil)
        #expect(tracer.open(.client, "SELECT", below: trace, in: "orders", for: nil) == nil)
        #expect(tracer.open(.client, "SELECT") == nil)
    }

    @Test func `puts statements below the command that asks`() async throws {
        let tracer = tracer()
        let instruments = Instruments.observed(by: Metrics(), tracer, LogFixture().log)
        let request = RequestContext(id: .given("request-1"), caller: .anonymous, trace: Scope.example.trace)
        Scope.$current.withValue(.example) {
            let command = instruments.openSpan?(.command, "PlaceOrder", request)
            tracer.open(.client, "INSERT")?.end()
            command?.end(.failed)
            tracer.open(.client, "SELECT")?.end()
        }
        let trace = try JSONValue.parse(JSON.encode(tracer.store.traces()))[0]
        let spans = try #require(trace?["spans"]?.array)
        let byName = Dictionary(uniqueKeysWithValues: spans.map { ($0["name"]?.string ?? "", $0) })
        #expect(byName["INSERT"]?["parentId"] == byName["command PlaceOrder"]?["spanId"])
        #expect(byName["command PlaceOrder"]?["parentId"] == .string("000000000000b7ad"))
        #expect(byName["SELECT"]?["parentId"] == .string("000000000000b7ad"))
        #expect(byName["command PlaceOrder"]?["hasFailed"] == .bool(true))
        #expect(byName["command PlaceOrder"]?["fields"]?["outcome"] == .string("failed"))
    }

    @Test func `handles a message in the trace of who sent it`() async throws {
        let tracer = tracer()
        let log = LogFixture()
        await #expect(throws: CancellationError.self) {
            try await tracer.handling("order.created", below: Scope.example.trace, for: .given("r"), in: "payments") {
                log.log.info("handles")
                throw CancellationError()
            }
        }
        let line = try log.line()
        #expect(line["requestId"] == .string("r"))
        let span = try JSONValue.parse(JSON.encode(tracer.store.traces()))[0]?["spans"]?[0]
        #expect(span?["parentId"] == .string("000000000000b7ad") && span?["kind"] == .string("consumer"))
        #expect(span?["spanId"] == line["spanId"] && span?["hasFailed"] == .bool(true))
    }

    private func tracer(ratio: Double = 1, seed: UInt64 = 7) -> Tracer {
        Tracer(ratio: ratio, seed: seed, clockwork: .manual())
    }
}

@Suite struct `The traces of late` {
    @Test func `are the last so many, found by request and service, the latest first`() throws {
        let tracer = Tracer(ratio: 1, seed: 1, clockwork: .manual(), store: TraceStore(most: 3))
        for number in 1...5 {
            for service in ["gateway", number == 4 ? "users" : "orders"] {
                tracer.take(span(trace: UInt128(number), id: tracer.newSpanID(), service: service))
            }
        }
        func ids(_ traces: [RecentTrace]) throws -> [String] {
            try JSONValue.parse(JSON.encode(traces)).array?.compactMap { $0["requestId"]?.string } ?? []
        }
        #expect(try ids(tracer.store.traces()) == ["r5", "r4", "r3"])
        #expect(try ids(tracer.store.traces(through: "users")) == ["r4"])
        #expect(try ids(tracer.store.traces(of: "r3")) == ["r3"])
        #expect(try ids(tracer.store.traces(limit: 1)) == ["r5"])
    }

    @Test func `that go on for ever keep their first spans`() throws {
        let store = TraceStore(most: 3, spansEach: 10)
        let tracer = Tracer(ratio: 1, seed: 1, clockwork: .manual(), store: store)
        for number in 0..<100 { tracer.take(span(trace: 1, id: number + 1, service: "orders")) }
        let trace = try JSONValue.parse(JSON.encode(store.traces()))[0]
        #expect(trace?["spans"]?.array?.count == 10 && trace?["isCut"] == .bool(true))
    }
}

@Suite struct `The spans that wait for a collector` {
    @Test func `are bounded, the rest dropped and counted`() {
        let queue = SpanQueue(limit: 10, batch: 4)
        let tracer = Tracer(ratio: 1, seed: 1, clockwork: .manual(), queue: queue)
        for id in 1...25 { tracer.take(span(trace: 1, id: UInt64(id), service: "orders")) }
        #expect(queue.dropped == 15)
        #expect([queue.take().count, queue.take().count, queue.take().count, queue.take().count] == [4, 4, 2, 0])
    }

    @Test func `are none where nobody collects`() {
        let tracer = Tracer(ratio: 1, seed: 1, clockwork: .manual())
        tracer.take(span(trace: 1, id: 1, service: "orders"))
        #expect(tracer.queue.count == 0 && tracer.queue.dropped == 0)
    }
}

@Suite struct `The OTLP forms` {
    /// Written down by hand from the definitions of opentelemetry-proto; Tests/Interop/observe.py has them decoded by
    /// that project's own code.
    @Test func `is in its protobuf form what its definition says`() {
        let record = SpanRecord(
            TraceContext(traceID: 1, spanID: 2, isSampled: true), parent: 3, service: "a", name: "n", kind: .server,
            start: 4, nanoseconds: 1, hasFailed: true, fields: [LogField(LogKey("k"), 300)])
        let span = Self.bytes(
            "0A 10 0000000000000000 0000000000000001  12 08 0000000000000002  22 08 0000000000000003",  // the ids
            "2A 01 6E  30 02  39 0400000000000000  41 0500000000000000",  // name, kind, start, end
            "4A 08 0A 01 6B 12 03 18 AC02  7A 02 18 02")  // k = 300, error
        let scope = Self.field(0x0A, Self.field(0x0A, Array("tradewind".utf8))) + Self.field(0x12, span)
        let pair = Self.field(0x0A, Array("service.name".utf8)) + Self.field(0x12, Self.bytes("0A 01 61"))
        let resource = Self.field(0x0A, Self.field(0x0A, pair)) + Self.field(0x12, scope)
        #expect(OTLP.protobuf([record]) == Self.field(0x0A, resource))
    }

    private static func field(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }

    private static func bytes(_ texts: String...) -> [UInt8] {
        let digits = Array(texts.joined().filter { $0 != " " })
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    @Test func `groups spans by the service whose they are, and keeps secrets`() throws {
        let secret = LogField(LogKey("password"), "hunter2")
        let spans = ["b", "a", "b"].enumerated().map { span(trace: 1, id: UInt64($0 + 1), service: $1, [secret]) }
        let document = try JSONValue.parse(OTLP.json(spans))
        let resources = try #require(document["resourceSpans"]?.array)
        #expect(resources.map { $0["scopeSpans"]?[0]?["spans"]?.array?.count } == [1, 2])
        let first = resources[0]["scopeSpans"]?[0]?["spans"]?[0]
        #expect(first?["traceId"] == .string("00000000000000000000000000000001"))
        #expect(first?["startTimeUnixNano"] == .string("1000"))
        #expect(!String(decoding: OTLP.json(spans) + OTLP.protobuf(spans), as: UTF8.self).contains("hunter2"))
    }
}

private func span(trace: UInt128, id: some BinaryInteger, service: String, _ fields: [LogField] = []) -> SpanRecord {
    SpanRecord(
        TraceContext(traceID: trace, spanID: UInt64(id), isSampled: true), parent: nil, service: service, name: "work",
        kind: .internal, start: 1_000, nanoseconds: 5, request: .given("r\(trace)"), fields: fields)
}
