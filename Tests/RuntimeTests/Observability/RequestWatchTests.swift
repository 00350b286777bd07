import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindHTTPClient
import TradewindJSON
import TradewindObservability
import TradewindRuntime
import TradewindTesting

@Suite struct `Watching requests` {
    private let metrics = Metrics()
    private let queue = LogQueue {}
    private let tracer = Tracer(ratio: 1, seed: 1, clockwork: .manual())
    private var log: Log {
        Log(service: "orders", style: LogStyle(level: .info, format: .json), queue: queue, now: { .noon })
    }
    private var watch: RequestWatch { RequestWatch(metrics, tracer, log) }

    private var responder: any Responder {
        get throws {
            let watch = watch
            return watch.watching(
                try Routes([
                    watch.watching(.get("/orders/:id") { _ in .text("found") }),
                    watch.watching(.post("/orders") { _ in throw Problem(.conflict) }),
                    watch.watching(.get("/broken") { _ in throw Broken() }),
                    watch.watching(.get("/whoami") { _ in .text("\(Scope.current?.request.description ?? "nobody")") }),
                    watch.watching(.get("/health") { _ in .noContent }, isQuiet: true),
                ]))
        }
    }
    private struct Broken: Error {}

    @Test(arguments: Transport.allCases)
    func `counts by template and status, and unknown paths as one`(via: Transport) async throws {
        try await responder.serve(via: via) { site in
            for path in ["/orders/1", "/orders/2", "/nothing/1", "/nothing/2", "/broken", "/health"] {
                _ = try await site.get(path)
            }
            _ = try await site.send(.head, "/orders/3")
            _ = try await site.send(.post, "/orders")
            _ = try await site.send(HTTPMethod("BREW"), "/orders")
        }
        let text = String(decoding: await metrics.exposition(.prometheus) { await $0() }, as: UTF8.self)
        #expect(
            text.split(separator: "\n").filter { $0.hasPrefix("http_requests_total") } == [
                #"http_requests_total{method="GET",route="/broken",status="500"} 1"#,
                #"http_requests_total{method="GET",route="/health",status="204"} 1"#,
                #"http_requests_total{method="GET",route="/orders/:id",status="200"} 2"#,
                #"http_requests_total{method="GET",route="unmatched",status="404"} 2"#,
                #"http_requests_total{method="HEAD",route="/orders/:id",status="200"} 1"#,
                #"http_requests_total{method="POST",route="/orders",status="409"} 1"#,
                #"http_requests_total{method="other",route="unmatched",status="405"} 1"#,
            ])
        #expect(text.contains(#"http_request_duration_seconds_count{method="GET",route="/orders/:id"} 2"#))
        #expect(text.contains("http_requests_in_flight 0\n"))
    }

    @Test(arguments: Transport.allCases)
    func `knows the request on its lines, its span and in its handler`(via: Transport) async throws {
        try await responder.serve(via: via) { site in
            let headers: HTTPHeaders = [
                .xRequestID: "mine", .traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ]
            let answer = try await site.get("/whoami?token=hunter2", headers: headers)
            #expect(answer.text == (via == .socket ? "mine" : answer.text))
        }
        let trace = try JSONValue.parse(JSON.encode(tracer.store.traces()))[0]
        #expect(trace?["traceId"] == .string("0af7651916cd43dd8448eb211c80319c"))
        let span = trace?["spans"]?[0]
        #expect(span?["parentId"] == .string("b7ad6b7169203331") && span?["name"] == .string("GET /whoami"))
        let line = try JSONValue.parse(lines[0])
        #expect(line["traceId"] == trace?["traceId"] && line["spanId"] == span?["spanId"])
        #expect(line["requestId"] == trace?["requestId"] && line["path"] == .string("/whoami"))
        #expect(!lines.joined().contains("hunter2"))
    }

    @Test func `leaves probes out of traces and of the log`() async throws {
        try await responder.serve(via: .inProcess) { site in _ = try await site.get("/health") }
        #expect(lines == [])
        #expect(try JSONValue.parse(JSON.encode(tracer.store.traces())).array?.isEmpty == true)
    }

    @Test func `sends its id and trace on with calls to others`() async throws {
        let scope = Scope(
            service: "gateway", request: .given("mine"),
            trace: TraceContext(traceID: 0xAB, spanID: 0xCD, isSampled: true, state: "vendor=1"))
        let tracer = tracer
        try await withServer({ request in
            .text([.xRequestID, .traceparent, .tracestate].map { request[$0] ?? "-" }.joined(separator: " "))
        }) { address in
            try await withClient { client in
                let request = try ClientRequest(.get, address.url + "/")
                let answer = try await Scope.$current.withValue(scope) {
                    try await client.send(request, tracedBy: tracer).text
                }
                let parts = answer.split(separator: " ")
                #expect(parts[0] == "mine" && parts[2] == "vendor=1")
                let parent = try #require(TraceContext(parent: String(parts[1])))
                #expect(parent.traceID == 0xAB && parent.spanID != 0xCD && parent.isSampled)
                let span = try JSONValue.parse(JSON.encode(tracer.store.traces()))[0]?["spans"]?[0]
                #expect(span?["spanId"] == .string(parent.spanID.hexadecimal))
                #expect(span?["parentId"] == .string("00000000000000cd") && span?["kind"] == .string("client"))
                let bare = try await client.send(request, tracedBy: tracer).text
                #expect(bare.hasSuffix("- -"))
            }
        }
    }

    private var lines: [String] {
        var text: [UInt8] = []
        var spare = LineBuffer()
        queue.drain(into: &spare) { lines in unsafe lines.withBytes { unsafe text.append(contentsOf: $0) } }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
