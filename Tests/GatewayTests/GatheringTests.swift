import Gateway
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindJSON
import TradewindTesting

@Suite struct `What is gathered from all services` {
    private static func service(_ answers: [String: String]) -> Handler {
        { request in
            guard let answer = answers[request.path] else { throw Problem(.notFound) }
            return .text(answer, as: .json)
        }
    }

    @Test func `is how each is, and who is away`() async throws {
        let metrics = """
            # TYPE http_requests_total counter
            http_requests_total{method="GET",route="/api/orders",status="200"} 9
            http_requests_total{method="GET",route="/api/orders/:id",status="500"} 1
            http_requests_total{method="GET",route="/api/orders/*",status="200"} 100
            http_requests_total{method="GET",route="/api/users",status="200"} 100
            http_request_duration_seconds_bucket{method="GET",route="/api/orders",le="0.1"} 5
            http_request_duration_seconds_bucket{method="GET",route="/api/orders",le="0.2"} 10
            http_request_duration_seconds_bucket{method="GET",route="/api/orders",le="+Inf"} 10
            outbox_pending{service="orders"} 3
            """
        let orders = Self.service(["/health": #"{"status":"up","uptime":10,"reasons":{}}"#, "/metrics": metrics])
        try await withServer(orders) { service in
            try await Front.open([.orders: [service.url], .users: ["http://127.0.0.1:1"]]) { front in
                let report = try JSONValue.parse(try await front.ask(.get, "/api/overview").read())
                #expect(report["isPartial"] == true && report["missing"] == ["users"])
                let orders = report["services"]?.array?.last
                #expect(orders?["name"] == "orders" && orders?["status"] == "up" && orders?["circuit"] == "closed")
                #expect(orders?["requestsPerSecond"]?.number?.double == 1)
                #expect(orders?["errorRate"]?.number?.double == 0.1)
                #expect(orders?["p95Ms"]?.number?.double.map { ($0 - 190).magnitude < 0.001 } == true)
                #expect(orders?["counts"]?["requests"] == 10 && orders?["counts"]?["outboxPending"] == 3)
                #expect(report["gateway"]?["status"] == "up" && report["gateway"]?["counts"]?["requests"] == 0)
                // Nothing has happened since.
                let second = try JSONValue.parse(try await front.ask(.get, "/api/overview").read())
                #expect(second["services"]?.array?.last?["requestsPerSecond"]?.number?.double == 0)
            }
        }
    }

    @Test func `is one document of what can be asked`() async throws {
        func document(_ path: String, _ schema: String) -> String {
            """
            {"info":{"version":"7"},"tags":[{"name":"\(schema)"}],"paths":{"\(path)":{"get":{}},"/internal/x":{}},
            "components":{"schemas":{"\(schema)":{"type":"object"},"Problem":{}},"securitySchemes":{"bearer":{}}}}
            """
        }
        let users = Self.service(["/api/docs/openapi.json": document("/api/users", "User")])
        let orders = Self.service(["/api/docs/openapi.json": document("/api/orders", "Order")])
        try await withServer(users) { users in
            try await withServer(orders) { orders in
                try await Front.open([.users: [users.url], .orders: [orders.url], .payments: ["http://127.0.0.1:1"]]) {
                    front in
                    let answer = try await front.ask(.get, "/api/docs/openapi.json").read()
                    let document = try JSONValue.parse(answer)
                    let paths = document["paths"]?.object?.members.map(\.name) ?? []
                    #expect(paths.prefix(2) == ["/api/users", "/api/orders"] && paths.contains("/api/overview"))
                    #expect(!paths.contains("/internal/x"))
                    let schemas = document["components"]?["schemas"]?.object?.members.map(\.name)
                    #expect(schemas == ["User", "Problem", "Order"])
                    #expect(document["tags"]?.array?.compactMap { $0["name"]?.string } == ["User", "Order", "Gateway"])
                }
            }
        }
    }

    @Test func `is a trace that went through several`() async throws {
        func trace(_ service: String, start: Int, _ spans: String...) -> String {
            let spans = spans.map { #"{"spanId":"\#($0)","offsetMs":1,"durationMs":2,"service":"\#(service)"}"# }
            return """
                [{"traceId":"t","requestId":null,"start":\(start),"durationMs":3,"services":["\(service)"],"isCut":false,
                "spans":[\(spans.joined(separator: ","))]}]
                """
        }
        let users = Self.service(["/internal/traces": trace("users", start: 1000, "a", "b")])
        let orders = Self.service(["/internal/traces": trace("orders", start: 1010, "b", "c")])
        try await withServer(users) { users in
            try await withServer(orders) { orders in
                try await Front.open([.users: [users.url], .orders: [orders.url]]) { front in
                    let traces = try JSONValue.parse(try await front.ask(.get, "/api/traces?requestId=a%26b").read())
                    #expect(traces.array?.count == 1)
                    let spans = traces[0]?["spans"]?.array ?? []
                    #expect(spans.compactMap { $0["spanId"]?.string } == ["a", "b", "c"])
                    #expect(spans.last?["offsetMs"]?.number?.double == 11)
                    #expect(traces[0]?["durationMs"]?.number?.double == 13)
                    #expect(traces[0]?["services"] == ["orders", "users"])
                }
            }
        }
    }

    @Test func `is what waits to be published, once for each service`() async throws {
        let orders: Handler = { request in
            guard request.path == "/internal/outbox", request[.xAPIKey] == "the key" else { throw Problem(.notFound) }
            return .text(#"{"service":"orders","pending":2}"#, as: .json)
        }
        try await withServer(orders) { service in
            try await Front.open([.orders: [service.url, service.url], .users: ["http://127.0.0.1:1"]]) { front in
                let answer = try await front.ask(.get, "/api/outbox").read()
                #expect(answer == #"{"services":[{"service":"orders","pending":2}],"missing":["users"]}"#)
            }
        }
    }
}
