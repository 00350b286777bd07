internal import TradewindHTTP
internal import TradewindJSON
internal import TradewindReactor

/// What every service answers about itself: whether it lives, whether it should be given work, and how it is set.
struct Health: Sendable {
    let service: String
    let readiness: Readiness
    let settings: [Setting]
    private let started = Instant.now()

    init(service: String, readiness: Readiness, settings: [Setting]) {
        (self.service, self.readiness, self.settings) = (service, readiness, settings)
    }

    var routes: [Route] {
        [
            .get("/health") { _ in try report() },
            .get("/health/live") { _ in .bytes(try JSON.encode(["status": "up"]), .json) },
            .get("/health/ready") { _ in try report() },
            .get("/health/environment") { _ in .bytes(try JSON.encode(environment), .json) },
        ]
    }

    private func report() throws -> Response {
        let status = readiness.status
        let body = Report(
            status: status.word, service: service, version: Program.version,
            uptime: (Instant.now() - started).inSeconds, reasons: status.reasons)
        return .bytes(try JSON.encode(body), .json, status: status == .ready ? .ok : .serviceUnavailable)
    }

    /// Names and values that are no secrets.
    private var environment: [String: String] {
        Dictionary(settings.filter { !$0.isSecret }.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private struct Report: Encodable {
        let status: String, service: String, version: String
        let uptime: Double
        let reasons: [String: String]
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
