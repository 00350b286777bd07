import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindHTTPClient
import TradewindLocks
import TradewindObservability
import TradewindRuntime
import TradewindTesting

@Suite struct `The export of spans` {
    @Test(arguments: [TracingConfig.Form.protobuf, .json])
    func `goes on where it failed when the collector is back`(form: TracingConfig.Form) async throws {
        let collector = Collector(answers: [503, 429])
        try await exporting(form, to: collector) { tracer, _, clock in
            tracer.take(span)
            for second in 0..<3 {
                await clock.sleepers(1)
                clock.advance(by: .seconds(5))
                try await eventually { collector.bodies.count == second + 1 }
            }
        }
        let expected = form == .json ? OTLP.json([span]) : OTLP.protobuf([span])
        #expect(collector.bodies == [expected, expected, expected])
        #expect(collector.types.first == (form == .json ? "application/json" : "application/x-protobuf"))
    }

    @Test func `drops and counts what the collector does not want`() async throws {
        let collector = Collector(answers: [400])
        try await exporting(.json, to: collector) { tracer, queue, clock in
            tracer.take(span)
            await clock.sleepers(1)
            clock.advance(by: .seconds(1))
            try await eventually { queue.dropped == 1 }
        }
        #expect(collector.bodies.count == 1)
    }

    @Test func `sends at the end what still waits`() async throws {
        let collector = Collector(answers: [])
        try await exporting(.json, to: collector) { tracer, _, clock in
            await clock.sleepers(1)
            tracer.take(span)
        }
        #expect(collector.bodies == [OTLP.json([span])])
    }

    private let span = SpanRecord(
        TraceContext(traceID: 1, spanID: 2, isSampled: true), parent: nil, service: "orders", name: "work",
        kind: .internal, start: 1, nanoseconds: 1)

    /// A receiver that answers these statuses first and 200 from then on.
    private final class Collector: Sendable {
        private let state: Lock<(answers: [UInt16], bodies: [[UInt8]], types: [String?])>
        init(answers: [UInt16]) { state = Lock((answers, [], [])) }

        var bodies: [[UInt8]] { state.withLock { $0.bodies } }
        var types: [String?] { state.withLock { $0.types } }

        @Sendable func answer(_ request: Request) async throws -> Response {
            let body = try await request.body.collect()
            return state.withLock { state in
                state.bodies.append(body)
                state.types.append(request[.contentType])
                return Response(HTTPStatus(state.answers.isEmpty ? 200 : state.answers.removeFirst()))
            }
        }
    }

    private func exporting(
        _ form: TracingConfig.Form, to collector: Collector,
        _ body: @escaping @Sendable (Tracer, SpanQueue, ManualClock) async throws -> Void
    ) async throws {
        try await withServer(collector.answer) { address in
            try await withClient { client in
                let (clock, queue) = (ManualClock(), SpanQueue(limit: 10))
                let tracer = Tracer(ratio: 1, seed: 1, clockwork: .manual(clock), queue: queue)
                let log = Log(
                    service: "test", style: LogStyle(level: .error, format: .json), queue: LogQueue {}, now: { .noon })
                let exporter = OTLPExporter(
                    to: address.url, form, queue: queue, client: client, log: log, clockwork: .manual(clock))
                let group = ServiceGroup([exporter], halt: {})
                async let run: Void = group.run()
                try await body(tracer, queue, clock)
                group.stop()
                try await run
            }
        }
    }
}
