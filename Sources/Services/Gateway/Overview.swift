internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON
internal import TradewindLocks
internal import TradewindObservability
internal import TradewindResilience
internal import TradewindRuntime

/// How all services are, at a glance: from what each says of its health and counts of its work.
final class Overview: Sendable {
    private let neighbours: Neighbours
    private let prefixes: [Backend: [String]]
    private let metrics: Metrics
    private let clockwork: Clockwork
    private let begun: Duration
    /// What was counted when it was last asked for, so that rates are those of late.
    private let earlier = Lock<[String: (at: Duration, work: Work)]>([:])

    init(_ neighbours: Neighbours, _ table: [GatewayRoute], metrics: Metrics, clockwork: Clockwork) {
        (self.neighbours, self.metrics, self.clockwork) = (neighbours, metrics, clockwork)
        begun = clockwork.uptime()
        prefixes = Dictionary(grouping: table, by: \.backend).mapValues { $0.map(\.prefix) }
    }

    func report() async throws -> Response {
        async let health = neighbours.ask("/health")
        async let counted = neighbours.ask("/metrics")
        let own = await gateway()
        let now = clockwork.uptime()
        let services = zip(await health, await counted).map { service($0, $1, at: now) }
        let missing = services.filter { $0.status == "away" }.map(\.name)
        let document = Document(
            at: clockwork.now(), isPartial: !missing.isEmpty, missing: missing, gateway: own, services: services)
        return .bytes(try JSON.encode(document), .json)
    }

    private func service(_ health: Neighbours.Answer, _ metrics: Neighbours.Answer, at now: Duration) -> Service {
        let (said, instance) = (health.json, health.instance)
        let samples = metrics.body.map { Exposed($0) }
        let below = prefixes[health.backend] ?? []
        let work = samples.map { $0.work { route in !route.isPassedOn && below.contains { route.hasPrefix($0) } } }
        let status = said == nil ? "away" : said?["status"]?.string ?? "down"
        let reasons = said?["reasons"]?.object?.members.map { "\($0.name): \($0.value.string ?? "")" } ?? []
        return service(
            (health.backend.rawValue, instance.name, said?["version"]?.string), is: (status, reasons, instance.circuit),
            work, samples, since: said?["uptime"]?.number?.double ?? 0, at: now)
    }

    /// Of what the gateway itself does, that which it passes on. In the program of all services the rest is theirs.
    private func gateway() async -> Service {
        let now = clockwork.uptime()
        let exposed = await metrics.exposition(.prometheus) { [clockwork] reading in
            await within(.seconds(1), clockwork) { await reading() }
        }
        let samples = Exposed(exposed)
        return service(
            ("gateway", "gateway", Program.version), is: ("up", [], nil), samples.work(on: \.isPassedOn), samples,
            since: (now - begun).inSeconds, at: now)
    }

    private func service(
        _ itself: (name: String, instance: String, version: String?),
        is state: (status: String, reasons: [String], circuit: Circuit?), _ work: Work?, _ samples: Exposed?,
        since uptime: Double, at now: Duration
    ) -> Service {
        var late: (seconds: Double, work: Work)?
        if let work {
            let before = earlier.withLock { $0.updateValue((now, work), forKey: itself.instance) }
            late = before.map { ((now - $0.at).inSeconds, work - $0.work) } ?? (uptime, work)
        }
        return Service(
            name: itself.name, instance: itself.instance, status: state.status, reasons: state.reasons,
            version: itself.version, uptime: uptime, circuit: (state.circuit?.state ?? .closed).rawValue,
            requestsPerSecond: late.map { $0.seconds > 0 ? $0.work.requests / $0.seconds : 0 },
            errorRate: late.map { $0.work.requests > 0 ? $0.work.errors / $0.work.requests : 0 },
            p95Ms: late?.work.quantile(0.95).map { $0 * 1_000 },
            counts: work.map { work in
                .init(
                    requests: work.requests, errors: work.errors,
                    commands: samples?.sum("commands_total") ?? 0, queries: samples?.sum("queries_total") ?? 0,
                    messagesHandled: samples?.sum("messages_consumed_total") ?? 0,
                    outboxPending: samples?.sum("outbox_pending") ?? 0,
                    deadLetters: samples?.sum("dlq_messages_total") ?? 0)
            },
            residentBytes: samples?.sum("process_resident_memory_bytes"))
    }

    private struct Document: Encodable {
        let at: Timestamp, isPartial: Bool, missing: [String], gateway: Service, services: [Service]
    }

    private struct Service: Encodable {
        let name: String, instance: String, status: String, reasons: [String], version: String?, uptime: Double
        let circuit: String
        let requestsPerSecond: Double?, errorRate: Double?, p95Ms: Double?
        let counts: Counts?, residentBytes: Double?
    }

    private struct Counts: Encodable {
        let requests: Double, errors: Double, commands: Double, queries: Double, messagesHandled: Double
        let outboxPending: Double, deadLetters: Double
    }
}

/// What a service has done, as far as it was asked over HTTP.
struct Work: Sendable {
    var requests = 0.0, errors = 0.0
    /// How many took no longer than so many seconds.
    var buckets: [Double: Double] = [:]

    static func - (a: Work, b: Work) -> Work {
        // Less than before: the process is a new one, and all of it is of late.
        if a.requests < b.requests { return a }
        return Work(
            requests: a.requests - b.requests, errors: a.errors - b.errors,
            buckets: a.buckets.merging(b.buckets) { $0 - $1 })
    }

    /// Between the bounds of a bucket, as Prometheus does it: as if what is in it were spread evenly. Nil without any.
    func quantile(_ part: Double) -> Double? {
        let sorted = buckets.sorted { $0.key < $1.key }
        guard let all = sorted.last?.value, all > 0 else { return nil }
        var (bound, below) = (0.0, 0.0)
        for (upper, count) in sorted {
            if count >= part * all {
                guard upper.isFinite else { return bound }
                return bound + (upper - bound) * (count > below ? (part * all - below) / (count - below) : 1)
            }
            (bound, below) = (upper, count)
        }
        return bound
    }
}

/// Samples in Prometheus' text format, as our own services write it.
struct Exposed {
    private let samples: [(name: Substring, labels: Substring, value: Double)]

    init(_ bytes: [UInt8]) {
        samples = String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard line.utf8.first != UInt8(ascii: "#"), let blank = line.utf8.lastIndex(of: UInt8(ascii: " ")),
                let value = Double(line[line.utf8.index(after: blank)...])
            else { return nil }
            let head = line[..<blank]
            guard let brace = head.utf8.firstIndex(of: UInt8(ascii: "{")) else { return (head, "", value) }
            return (head[..<brace], head[brace...], value)
        }
    }

    func sum(_ name: String) -> Double { samples.reduce(0) { $1.name == name ? $0 + $1.value : $0 } }

    /// Of one service among those of its process: what was asked on its routes.
    func work(on isIts: (Substring) -> Bool) -> Work {
        var work = Work()
        for (name, labels, value) in samples where value > 0 {
            guard name.hasPrefix("http_request"), let route = Self.label("route", in: labels), isIts(route)
            else { continue }
            switch name {
            case "http_requests_total":
                work.requests += value
                if Self.label("status", in: labels)?.first == "5" { work.errors += value }
            case "http_request_duration_seconds_bucket":
                let bound = Self.label("le", in: labels).flatMap { $0 == "+Inf" ? .infinity : Double($0) }
                if let bound { work.buckets[bound, default: 0] += value }
            default: break
            }
        }
        return work
    }

    private static func label(_ name: String, in labels: Substring) -> Substring? {
        for part in labels.dropFirst().split(separator: ",") where part.hasPrefix(name + "=\"") {
            return part.dropFirst(name.utf8.count + 2).prefix { $0 != "\"" }
        }
        return nil
    }
}

extension Substring {
    /// The gateway's label for a route that it passes on (`/api/orders/*`).
    fileprivate var isPassedOn: Bool { hasSuffix("/*") }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1_000_000_000_000_000_000
    }
}
