internal import TradewindHTTP
internal import TradewindObservability

/// What is counted about requests.
struct HTTPMetrics: Sendable {
    struct Answered: Labels {
        static let names: [StaticString] = ["method", "route"]
        let method: String, route: String
        var values: [String] { [method, route] }
    }

    let requests: Family<Answered, Tally>
    let durations: Family<Answered, Histogram>
    let inFlight: Level

    init(_ metrics: Metrics) {
        requests = metrics.tallies(
            "http_requests_total", "Requests that were answered", by: Answered.self, and: "status", Statuses.labels)
        durations = metrics.histograms(
            "http_request_duration_seconds", "From a request's head to the head of its answer", by: Answered.self)
        inFlight = metrics.level("http_requests_in_flight", "Requests whose answer has not begun")
    }

    /// Looked up once for each route and method.
    func meters(method: String, route: String, isQuiet: Bool = false, in service: String) -> RouteMeters {
        let labels = Answered(method: method, route: route)
        return RouteMeters(
            labels: labels, isQuiet: isQuiet, requests: requests[labels], durations: durations[labels],
            line: AccessPlace(level: isQuiet ? .debug : .info, service: service, method: method, route: route))
    }
}

/// What is told of the requests for one route and method. A class, because each request holds it: copying so many
/// references took a fifth of what watching it costs.
final class RouteMeters: Sendable {
    let labels: HTTPMetrics.Answered
    /// Counted, but neither traced nor told.
    let isQuiet: Bool
    let requests: Tally
    let durations: Histogram
    let line: AccessPlace

    init(
        labels: HTTPMetrics.Answered, isQuiet: Bool, requests: Tally, durations: Histogram, line: AccessPlace
    ) {
        (self.labels, self.isQuiet, self.requests, self.durations) = (labels, isQuiet, requests, durations)
        self.line = line
    }

    func count(_ status: HTTPStatus) { requests.add(at: Statuses.place(of: status)) }
}

/// The statuses that services answer with, each with a counter of its own; any other is counted as `other`.
private enum Statuses {
    private static let usual = [
        200, 101, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412,
        413, 414, 415, 416, 417, 422, 426, 428, 429, 431, 499, 500, 501, 502, 503, 504, 505,
    ]
    static let labels = usual.map(String.init) + ["other"]
    private static let places: [UInt8] = (0..<600).map { UInt8(usual.firstIndex(of: $0) ?? usual.count) }

    static func place(of status: HTTPStatus) -> Int {
        let code = Int(status.code)
        return code < places.count ? Int(places[code]) : usual.count
    }
}
