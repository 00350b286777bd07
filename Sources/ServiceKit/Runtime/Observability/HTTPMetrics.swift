internal import TradewindHTTP
internal import TradewindObservability

/// What is counted about requests.
struct HTTPMetrics: Sendable {
    struct Request: Labels {
        static let names: [StaticString] = ["method", "route", "status"]
        let method: String, route: String, status: Int
        var values: [String] { [method, route, "\(status)"] }
    }
    struct Answered: Labels {
        static let names: [StaticString] = ["method", "route"]
        let method: String, route: String
        var values: [String] { [method, route] }
    }

    let requests: Family<Request, Counter>
    let durations: Family<Answered, Histogram>
    let inFlight: Level

    init(_ metrics: Metrics) {
        requests = metrics.counters("http_requests_total", "Requests that were answered", by: Request.self, most: 5_000)
        durations = metrics.histograms(
            "http_request_duration_seconds", "From a request's head to the head of its answer", by: Answered.self)
        inFlight = metrics.level("http_requests_in_flight", "Requests whose answer has not begun")
    }
}

/// The metrics of one route and method, each found once.
final class RouteMeters: Sendable {
    /// The statuses that services answer with; others are rare enough to be looked up each time.
    private static let usual = [
        200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415,
        422, 428, 429, 499, 500, 502, 503, 504,
    ]
    private static let places: [UInt8] = (0..<600).map { UInt8(usual.firstIndex(of: $0) ?? usual.count) }

    let method: String, route: String
    private let metrics: HTTPMetrics
    private let counters: [Lazily<Counter>]
    private let durations: Lazily<Histogram>

    init(_ metrics: HTTPMetrics, method: String, route: String) {
        (self.metrics, self.method, self.route) = (metrics, method, route)
        counters = Self.usual.map { status in
            Lazily { metrics.requests[HTTPMetrics.Request(method: method, route: route, status: status)] }
        }
        durations = Lazily { metrics.durations[HTTPMetrics.Answered(method: method, route: route)] }
    }

    func count(_ status: HTTPStatus) {
        let code = Int(status.code)
        let place = code < Self.places.count ? Int(Self.places[code]) : counters.count
        if place < counters.count { return counters[place].value.add() }
        metrics.requests[HTTPMetrics.Request(method: method, route: route, status: code)].add()
    }

    func record(_ nanoseconds: Int, _ exemplar: Exemplar?) {
        if let exemplar { durations.value.record(nanoseconds, exemplar) } else { durations.value.record(nanoseconds) }
    }
}
