package import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindHTTPServer
internal import TradewindJSON
internal import TradewindLocks
internal import TradewindMessaging
package import TradewindObservability
internal import TradewindPersistence
internal import TradewindReactor

/// What a program has to tell: metrics, traces, logs. One for the process; its services share the first two and have
/// logs in their own names.
package final class Observability: Sendable {
    package let metrics = Metrics()
    package let tracer: Tracer
    /// In the program's own name.
    package let log: Log
    let spans: SpanQueue
    let clockwork: Clockwork
    private let writer: LogWriter
    private let servers = Lock<[(name: String, server: HTTPServer)]>([])
    private let outboxes = Lock<[(name: String, outbox: Outbox)]>([])
    private let databases = Lock<[(name: String, database: any Database)]>([])

    init(_ config: PlatformConfig, loops: [EventLoop], clockwork: Clockwork = .live) {
        let writer = LogWriter()
        let style = LogStyle(level: config.log.level, format: config.log.format, hasColour: config.log.hasColour)
        let log = Log(service: config.app.serviceName, style: style, queue: writer.queue, now: clockwork.now)
        spans = SpanQueue(limit: config.tracing.endpoint == nil ? 0 : 8_192)
        tracer = Tracer(
            ratio: config.tracing.ratio, seed: clockwork.newUUID().low, clockwork: clockwork, queue: spans)
        (self.writer, self.log, self.clockwork) = (writer, log, clockwork)
        writer.start { lost in log.warning("log lines found no room", [LogField(.count, lost)]) }
        metrics.readProcess(loops: loops)
        readLosses()
    }

    /// What could not be told is told, too.
    private func readLosses() {
        metrics.read(.counter, "log_lines_dropped_total", "Log lines that found no room") { [writer] in
            [Sample(Double(writer.queue.refusedLines))]
        }
        metrics.read(.counter, "trace_spans_dropped_total", "Spans that no collector got") { [spans] in
            [Sample(Double(spans.dropped))]
        }
    }

    /// Writes the lines that wait. The last thing a program does.
    func close() { writer.close() }

    /// For the buses of a service.
    package func instruments(of service: String) -> Instruments {
        .observed(by: metrics, tracer, log.named(service))
    }

    func watch(_ service: String, _ config: HTTPConfig) -> RequestWatch {
        RequestWatch(metrics, tracer, log.named(service), handlerTimeout: config.handlerTimeout)
    }

    /// The open connections of a service's server.
    func count(_ server: HTTPServer, of service: String) {
        let all = servers.withLock { servers in
            servers.append((service, server))
            return servers
        }
        metrics.read(.gauge, "http_connections_open", "Connections that clients have open") {
            all.map { Sample(ServerLabels(service: $0.name), Double($0.server.openConnections)) }
        }
    }

    /// What the connections of a service's database do.
    func count(_ database: any Database, of service: String) {
        let all = databases.withLock { databases in
            databases.append((service, database))
            return databases
        }
        metrics.read(.gauge, "db_pool_connections", "Open connections by what they do") {
            var samples: [Sample] = []
            for (name, database) in all {
                let count = await database.connectionCount()
                samples.append(Sample(PoolLabels(service: name, state: "busy"), Double(count.busy)))
                samples.append(Sample(PoolLabels(service: name, state: "idle"), Double(count.idle)))
            }
            return samples
        }
        metrics.read(.gauge, "db_pool_waiting", "Statements that wait for a connection") {
            var samples: [Sample] = []
            for (name, database) in all {
                samples.append(Sample(ServerLabels(service: name), Double(await database.connectionCount().waiting)))
            }
            return samples
        }
    }

    /// What waits in the outbox of a service, asked when somebody wants to know.
    func count(_ outbox: Outbox, of service: String) {
        let all = outboxes.withLock { outboxes in
            outboxes.append((service, outbox))
            return outboxes
        }
        let reading = { @Sendable (figure: @escaping @Sendable (Outbox.Status) -> Double) -> Reading in
            {
                var samples: [Sample] = []
                for (name, outbox) in all {
                    guard let status = try? await outbox.status() else { continue }
                    samples.append(Sample(ServerLabels(service: name), figure(status)))
                }
                return samples
            }
        }
        metrics.read(
            .gauge, "outbox_pending", "Events that are committed and not yet published",
            reading { Double($0.pending) })
        metrics.read(
            .gauge, "outbox_oldest_seconds", "How long the oldest of them has waited",
            reading { [clockwork] status in status.oldest.map { (clockwork.now() - $0) / .seconds(1) } ?? 0 })
        metrics.read(
            .gauge, "outbox_stuck", "Those that are refused again and again", reading { Double($0.stuck) })
    }

    /// What happens to the parts of the program.
    @Sendable func tell(_ report: ServiceGroup.Report) {
        switch report {
        case .ready: log.info("ready")
        case .started(let part): log.debug("started", [LogField(.part, part)])
        case .stopping(let part): log.info("stops", [LogField(.part, part)])
        case .stopped(let part): log.debug("stopped", [LogField(.part, part)])
        case .cancelled(let part): log.warning("did not stop in time", [LogField(.part, part)])
        }
    }

    /// `GET /metrics` and `GET /internal/traces`, which every service answers.
    ///
    /// - Parameter admit: throws for whom traces, which tell what people did, are none of the business.
    func routes(admitting admit: @escaping @Sendable (Request) throws -> Void) -> [Route] {
        [
            .get("/metrics") { [self] request in await exposition(to: request) },
            .get("/internal/traces") { [tracer] request in
                try admit(request)
                let query = request.head.queryItems
                let limit = query["limit"].flatMap { Int($0) } ?? 100
                let traces = tracer.store.traces(
                    of: query["requestId"], through: query["service"], limit: min(max(limit, 0), 1_000))
                return .bytes(try JSON.encode(["traces": traces]), .json)
            },
        ]
    }

    private func exposition(to request: Request) async -> Response {
        let openMetrics = MediaType("application/openmetrics-text"), plain = MediaType("text/plain")
        let wantsOpenMetrics =
            if let openMetrics, let plain {
                request.head.headers.preferred(of: [plain, openMetrics]) == openMetrics
            } else { false }
        let bytes = await metrics.exposition(wantsOpenMetrics ? .openMetrics : .prometheus) { [clockwork] reading in
            await within(.seconds(1), clockwork) { await reading() }
        }
        return .bytes(bytes, wantsOpenMetrics ? .openMetrics : .prometheus)
    }
}

private struct ServerLabels: Labels {
    static let names: [StaticString] = ["service"]
    let service: String
    var values: [String] { [service] }
}

private struct PoolLabels: Labels {
    static let names: [StaticString] = ["service", "state"]
    let service: String, state: String
    var values: [String] { [service, state] }
}

extension ContentType {
    fileprivate static let prometheus = ContentType("text/plain; version=0.0.4; charset=utf-8", isCompressible: true)
    fileprivate static let openMetrics = ContentType(
        "application/openmetrics-text; version=1.0.0; charset=utf-8", isCompressible: true)
}
