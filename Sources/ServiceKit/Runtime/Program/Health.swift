internal import TradewindHTTP
internal import TradewindJSON
internal import TradewindReactor

/// What every service answers about itself: whether it lives, whether it should be given work, and how it is set.
struct Health: Sendable {
    let service: String
    let readiness: Readiness
    let checks: HealthChecks
    let settings: [Setting]
    private let started = Instant.now()

    init(service: String, readiness: Readiness, checks: HealthChecks, settings: [Setting]) {
        (self.service, self.readiness, self.checks, self.settings) = (service, readiness, checks, settings)
    }

    var routes: [Route] {
        [
            .get("/health") { _ in try await report() },
            .get("/health/live") { _ in .bytes(try JSON.encode(["status": "up"]), .json) },
            .get("/health/ready") { _ in try await report() },
            .get("/health/environment") { _ in .bytes(try JSON.encode(environment), .json) },
        ]
    }

    /// The same for people and for probes: what is missing is named in both. A service that lacks only what it can live
    /// with goes on getting work.
    private func report() async throws -> Response {
        let status = readiness.status
        let results = await checks.results()
        var reasons = status.reasons
        for result in results { reasons[result.name] = result.reason ?? reasons[result.name] }
        let isReady = status == .ready && !results.contains { $0.isVital && $0.reason != nil }
        let word = isReady ? (reasons.isEmpty ? "up" : "degraded") : status == .ready ? "down" : status.word
        let body = Report(
            status: word, service: service, version: Program.version,
            uptime: (Instant.now() - started).inSeconds, reasons: reasons,
            checks: Dictionary(results.map { ($0.name, Check($0)) }) { first, _ in first })
        return .bytes(try JSON.encode(body), .json, status: isReady ? .ok : .serviceUnavailable)
    }

    /// Names and values that are no secrets.
    private var environment: [String: String] {
        Dictionary(settings.filter { !$0.isSecret }.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private struct Report: Encodable {
        let status: String, service: String, version: String
        let uptime: Double
        let reasons: [String: String]
        let checks: [String: Check]
    }

    private struct Check: Encodable {
        let status: String, reason: String?, ms: Double

        init(_ result: HealthResult) {
            (status, reason) = (result.reason == nil ? "up" : "down", result.reason)
            ms = (result.seconds * 1_000_000).rounded() / 1_000
        }
    }
}

extension Readiness.Status {
    fileprivate var word: String {
        switch self {
        case .starting: "starting"
        case .ready: "up"
        case .notReady: "down"
        case .draining: "draining"
        }
    }

    fileprivate var reasons: [String: String] {
        guard case .notReady(let reasons) = self else { return [:] }
        return Dictionary(reasons.map { ($0.name, $0.text) }) { first, _ in first }
    }
}

extension Duration {
    /// To the millisecond.
    fileprivate var inSeconds: Double {
        Double(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) / 1000
    }
}
