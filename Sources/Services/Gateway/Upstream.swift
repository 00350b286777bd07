internal import Synchronization
package import TradewindDomain
internal import TradewindHTTP
package import TradewindHTTPClient
internal import TradewindResilience

/// The instances of a service. Calls go to the one that has the fewest under way, of those that live and whose circuit
/// lets them.
package final class Upstream: Sendable {
    package let backend: Backend
    package let instances: [Instance]
    private let budget = RetryBudget()
    private let turn = Atomic<Int>(0)

    package init(_ backend: Backend, at origins: [Origin], clockwork: Clockwork) {
        self.backend = backend
        instances = origins.map { Instance(backend, $0, clockwork: clockwork) }
    }

    /// Sends the request, and where a connection failed and that can do no harm, once more.
    func send(_ request: ClientRequest, by client: HTTPClient) async throws -> (ClientResponse, Instance) {
        budget.earn()
        let first = try pick()
        do { return (try await first.send(request, by: client), first) } catch let error as ClientError {
            guard error.isOfConnection, request.mayBeRepeated, budget.spend(), let second = try? pick(besides: first)
            else { throw UpstreamFailure(backend, error) }
            do { return (try await second.send(request, by: client), second) } catch let error as ClientError {
                throw UpstreamFailure(backend, error)
            }
        }
    }

    /// Whoever is picked must be called: its circuit counts on it.
    func pick(besides failed: Instance? = nil) throws(UpstreamFailure) -> Instance {
        var wait: Duration?
        let start = instances.count > 1 ? turn.wrappingAdd(1, ordering: .relaxed).newValue : 0
        var refused: Set<Int> = []
        while let next = least(from: start, besides: failed, refused) ?? least(from: start, besides: nil, refused) {
            guard let more = instances[next].circuit.refusal() else { return instances[next] }
            refused.insert(next)
            wait = min(more, wait ?? more)
        }
        throw UpstreamFailure(backend, .nobody(retryAfter: wait ?? .seconds(1)))
    }

    /// Of equals the next in turn.
    private func least(from start: Int, besides failed: Instance?, _ refused: Set<Int>) -> Int? {
        var best: Int?
        for step in instances.indices {
            let index = (start &+ step) % instances.count
            guard instances[index].isUp, instances[index] !== failed, !refused.contains(index) else { continue }
            if let known = best, instances[known].outstanding <= instances[index].outstanding { continue }
            best = index
        }
        return best
    }
}

/// One process of a service.
package final class Instance: Sendable {
    package let origin: Origin
    /// As metrics call it: `orders 127.0.0.1:3002`.
    let name: String
    let circuit: Circuit
    private let calls = Atomic<Int>(0)
    private let lives = Atomic<Bool>(true)

    init(_ backend: Backend, _ origin: Origin, clockwork: Clockwork) {
        (self.origin, name) = (origin, "\(backend.rawValue) \(origin.authority)")
        circuit = Circuit(clockwork: clockwork)
    }

    package var outstanding: Int { calls.load(ordering: .relaxed) }
    package var isUp: Bool { lives.load(ordering: .relaxed) }
    func found(alive: Bool) { lives.store(alive, ordering: .relaxed) }

    fileprivate func send(_ request: ClientRequest, by client: HTTPClient) async throws -> ClientResponse {
        var request = request
        request.origin = origin
        begin()
        defer { end() }
        do {
            let response = try await client.send(request)
            // Any answer is one: a service that says 500 or 503 says it quickly, and others of its endpoints work.
            circuit.ended(failed: false)
            return response
        } catch {
            let failure = error as? ClientError
            circuit.ended(failed: failure?.isOfUpstream == true)
            // Nobody listens there. Who lives again is found by the health checks.
            if case .refused? = failure { found(alive: false) }
            throw failure == .cancelled ? CancellationError() : error
        }
    }

    fileprivate func begin() { calls.wrappingAdd(1, ordering: .relaxed) }
    fileprivate func end() { calls.wrappingSubtract(1, ordering: .relaxed) }
}

/// A call that goes on after its answer has begun.
final class Stay: Sendable {
    private let instance: Instance
    init(at instance: Instance) {
        self.instance = instance
        instance.begin()
    }
    deinit { instance.end() }
}

/// Of all requests a tenth may be sent twice, so that retries cannot double the load of a service that is going down.
final class RetryBudget: Sendable {
    /// In tenths of a retry: some at the start, and no more than a burst of them.
    private let tenths = Atomic<Int>(100)
    private static let most = 100

    func earn() {
        if tenths.load(ordering: .relaxed) < Self.most { tenths.wrappingAdd(1, ordering: .relaxed) }
    }

    func spend() -> Bool {
        guard tenths.load(ordering: .relaxed) >= 10 else { return false }
        return tenths.wrappingSubtract(10, ordering: .relaxed).oldValue >= 10
    }
}

extension ClientRequest {
    fileprivate var mayBeRepeated: Bool {
        if case .stream = body { return false }
        return method.isIdempotent
    }
}
