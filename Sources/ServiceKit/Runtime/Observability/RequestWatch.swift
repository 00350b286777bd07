internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
package import TradewindHTTP
package import TradewindObservability
internal import TradewindReactor

/// What happens around every request of a service: its place in a trace, its metrics, its line in the access log.
package final class RequestWatch: Sendable {
    private let metrics: HTTPMetrics
    private let tracer: Tracer
    private let log: Log
    private let handlerTimeout: Duration

    package init(_ metrics: Metrics, _ tracer: Tracer, _ log: Log, handlerTimeout: Duration = .seconds(30)) {
        (self.metrics, self.tracer, self.log) = (HTTPMetrics(metrics), tracer, log)
        self.handlerTimeout = handlerTimeout
    }

    /// The label of all paths that no route serves: each by its own name would be as many labels as clients can think
    /// of.
    private static let unmatched = "unmatched"

    /// The route under watch. Probes and scrapes are counted, but neither traced nor told, unless all is.
    package func watching(_ route: Route, isQuiet: Bool = false) -> Route {
        let own = meters(route.method.name, route.label, isQuiet)
        // GET routes also serve HEAD.
        let head = meters(HTTPMethod.head.name, route.label, isQuiet)
        let isGet = route.method == .get
        return route.wrapped(in: { handler in
            self.watching(handler) { isGet && $0.method.isHead ? head : own }
        })
    }

    /// Around what no route serves: unknown paths, wrong methods, preflights.
    package func watching(_ responder: any Responder) -> any Responder {
        let known: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete, .options]
        let meters = (known.map(\.name) + ["other"]).map { self.meters($0, Self.unmatched) }
        return WatchedResponder(inner: responder) { [self] handler in
            watching(handler) { request in meters[known.firstIndex(of: request.method) ?? known.count] }
        }
    }

    private func meters(_ method: String, _ route: String, _ isQuiet: Bool = false) -> RouteMeters {
        metrics.meters(method: method, route: route, isQuiet: isQuiet, in: log.service)
    }

    /// A handler threw something that is no answer.
    @Sendable func failed(_ error: any Error, _ request: Request) {
        log.error("a request failed", [LogField(.error, "\(error)")], in: CorrelationID(request.id))
    }

    /// Something that never became a request.
    @Sendable func refused(_ status: HTTPStatus) { meters("none", Self.unmatched).count(status) }

    private func watching(
        _ handler: @escaping Handler, _ meters: @escaping @Sendable (Request) -> RouteMeters
    ) -> Handler {
        { [self] request in
            // When the turn began in which the head was there: what it waited for the loop is part of its time.
            let start = EventLoop.current?.now ?? .now()
            let parent = parent(of: request)
            let id = CorrelationID(request.id)
            let meters = meters(request)
            let root = tracer.root(of: id, below: parent)
            // What a probe has asked is nobody's trace either.
            let trace = meters.isQuiet ? root.unsampled : root
            metrics.inFlight.add()
            do {
                let scope = Scope(service: log.service, request: id, trace: trace)
                let response = try await Scope.$current.withValue(scope) { try await handler(request) }
                end(request, id, trace, parent, meters, start, response.status, response.body.count)
                return response
            } catch {
                end(request, id, trace, parent, meters, start, status(of: error, since: start), nil)
                throw error
            }
        }
    }

    private func parent(of request: Request) -> TraceContext? {
        guard request.head.headers.contains(.traceparent), let text = request[.traceparent] else { return nil }
        return TraceContext(parent: text, state: request[.tracestate])
    }

    /// A handler is cancelled when its time is up, which the server has answered with 503, or when its client has gone,
    /// which has a status by nginx's custom only.
    private func status(of error: any Error, since start: Instant) -> HTTPStatus {
        guard error is CancellationError else { return Problem(answering: error).status }
        return Instant.now() < start + handlerTimeout ? HTTPStatus(499) : .serviceUnavailable
    }

    private func end(
        _ request: Request, _ id: CorrelationID, _ trace: TraceContext, _ parent: TraceContext?,
        _ meters: RouteMeters, _ start: Instant, _ status: HTTPStatus, _ bytes: Int?
    ) {
        let nanoseconds = Instant.now().nanoseconds - start.nanoseconds
        metrics.inFlight.subtract()
        meters.count(status)
        if trace.isSampled {
            let begin = wallClock() - nanoseconds
            let exemplar = Exemplar(traceID: trace.traceID, value: Int(nanoseconds), time: begin)
            meters.durations.record(Int(nanoseconds), exemplar)
            take(request, id, trace, parent, meters, begin, nanoseconds, status)
        } else {
            meters.durations.record(Int(nanoseconds))
        }
        guard log.writes(meters.line.level) else { return }
        let entry = AccessEntry(
            request: id, trace: trace, status: Int(status.code), nanoseconds: Int(nanoseconds), bytes: bytes)
        request.head.withPath { path in log.access(entry, meters.line, path: path) }
    }

    private func take(
        _ request: Request, _ id: CorrelationID, _ trace: TraceContext, _ parent: TraceContext?,
        _ meters: RouteMeters, _ begin: Int64, _ nanoseconds: Int64, _ status: HTTPStatus
    ) {
        tracer.take(
            SpanRecord(
                trace, parent: parent?.spanID, service: log.service,
                name: "\(meters.labels.method) \(meters.labels.route)",
                kind: .server, start: begin, nanoseconds: nanoseconds, hasFailed: status.code >= 500, request: id,
                fields: [LogField(.httpStatus, Int(status.code)), LogField(.httpPath, request.path)]))
    }
}

private struct WatchedResponder: Responder {
    let inner: any Responder
    let watching: @Sendable (@escaping Handler) -> Handler

    func handler(for request: inout Request) throws -> Handler {
        do {
            let handler = try inner.handler(for: &request)
            return request.parameters == nil ? watching(handler) : handler
        } catch {
            return watching { _ in throw error }
        }
    }
}

extension LogKey {
    // OpenTelemetry's names (semantic conventions for HTTP).
    fileprivate static let httpStatus = LogKey("http.response.status_code")
    fileprivate static let httpPath = LogKey("url.path")
}

extension ResponseBody {
    /// Its length, when that is known before it is sent.
    fileprivate var count: Int? {
        switch self {
        case .empty: 0
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): length
        case .upgrade: nil
        }
    }
}
