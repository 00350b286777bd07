internal import TradewindCQRS
package import TradewindDomain
internal import TradewindHTTP
package import TradewindHTTPClient
package import TradewindObservability

/// Sends spans to a collector, a batch at a time. While the collector is away it tries again, ever more seldom; what
/// does not fit into the queue meanwhile is dropped and counted there, and no request waits.
package struct OTLPExporter: Service {
    package let name = "trace exporter"
    private let endpoint: String
    private let form: TracingConfig.Form
    private let queue: SpanQueue
    private let client: HTTPClient
    private let log: Log
    private let clockwork: Clockwork

    package init(
        to endpoint: String, _ form: TracingConfig.Form, queue: SpanQueue, client: HTTPClient, log: Log,
        clockwork: Clockwork
    ) {
        (self.form, self.queue, self.client, self.log) = (form, queue, client, log)
        self.clockwork = clockwork
        // OTLP/HTTP: an endpoint for all signals gets the path of each behind it.
        self.endpoint = (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + "/v1/traces"
    }

    private static let interval = Duration.seconds(1)
    private static let attempts = 6

    package func run(_ life: Life) async throws {
        life.started()
        await withTaskGroup { group in
            group.addTask { await exportForEver() }
            group.addTask { await life.stopRequested() }
            // The exporter only ends when it is cancelled, so the first to end is the wish to stop.
            await group.next()
            group.cancelAll()
        }
        _ = await within(.seconds(2), clockwork) { await exportRest() }
        client.shutDown()
    }

    private func exportForEver() async {
        while (try? await clockwork.sleep(Self.interval)) != nil {
            while case let batch = queue.take(), !batch.isEmpty { await export(batch) }
        }
    }

    /// What is left at the end gets one attempt each.
    private func exportRest() async {
        while case let batch = queue.take(), !batch.isEmpty {
            if case .taken = await attempt(batch) { continue }
            return queue.drop(batch.count + queue.count)
        }
    }

    private func export(_ batch: [SpanRecord]) async {
        var pause = Duration.milliseconds(500)
        for number in 1...Self.attempts {
            switch await attempt(batch) {
            case .taken: return
            case .refused(let reason):
                log.warning("the trace collector refuses spans", [LogField(.reason, reason)])
                return queue.drop(batch.count)
            case .failed(let reason, let wish):
                if number == 1 { log.warning("the trace collector is away", [LogField(.reason, reason)]) }
                let wait = min(max(wish ?? pause, pause), .seconds(30))
                guard number < Self.attempts, (try? await clockwork.sleep(wait)) != nil else {
                    return queue.drop(batch.count)
                }
                pause = pause * 2
            }
        }
    }

    private enum Result {
        case taken
        /// The same would be refused again.
        case refused(String)
        case failed(String, retryAfter: Duration?)
    }

    private func attempt(_ batch: [SpanRecord]) async -> Result {
        do {
            let body = form == .json ? OTLP.json(batch) : OTLP.protobuf(batch)
            let type = form == .json ? "application/json" : "application/x-protobuf"
            let response = try await client.post(endpoint, headers: [.contentType: type], body: body)
            _ = try await response.bytes
            let status = response.status
            if status.isSuccess { return .taken }
            // The statuses after which OTLP/HTTP lets a client try again.
            guard [429, 502, 503, 504].contains(status.code) else { return .refused(status.description) }
            let wish = response[.retryAfter].flatMap { Int($0) }.map { Duration.seconds(min(max($0, 0), 60)) }
            return .failed(status.description, retryAfter: wish)
        } catch {
            return .failed("\(error)", retryAfter: nil)
        }
    }
}
