internal import TradewindAPI
package import TradewindCQRS
internal import TradewindDomain
package import TradewindHTTP
package import TradewindObservability
package import TradewindRuntime
package import TradewindSecurity

/// Lets requests in: counts them, asks who sends them and whether they may.
package struct Door: Sendable {
    private let authentication: Authentication
    private let limiter: (any RateLimiter)?
    private let refused: Counter
    private let trustsForwarded: Bool

    package init(
        _ authentication: Authentication, limiter: (any RateLimiter)?, metrics: Metrics, trustsForwarded: Bool = false
    ) {
        (self.authentication, self.limiter, self.trustsForwarded) = (authentication, limiter, trustsForwarded)
        refused = metrics.counter("rate_limited_total", "Requests refused by a rate limit")
    }

    /// - Parameter token: what the client sends in place of a header field that it cannot set.
    package func admit(_ request: Request, to access: Access, orToken token: String? = nil) async throws -> Visitor {
        let caller: Caller
        do { caller = try authentication.client(of: request, orToken: token) } catch {
            // Who guesses at credentials is counted as who has none.
            _ = try await count(.anonymous, request)
            throw error
        }
        let verdict = try await count(caller, request)
        do { try authentication.admit(caller, to: access) } catch {
            var problem = error
            if let verdict { problem.headers.add(contentsOf: verdict.headers) }
            throw problem
        }
        return Visitor(caller: caller, verdict: verdict)
    }

    private func count(_ caller: Caller, _ request: Request) async throws(Problem) -> RateVerdict? {
        guard let limiter, let key = RateKey(caller, from: client(of: request)) else { return nil }
        let verdict = await limiter.take(1, of: key)
        if let problem = verdict.problem {
            refused.add()
            throw problem
        }
        return verdict
    }

    /// Behind a proxy each has the proxy's address; the last one that it wrote down is the client's.
    private func client(of request: Request) -> Peer {
        guard trustsForwarded, let last = request.head.all(.xForwardedFor).last?.split(separator: ",").last else {
            return request.peer
        }
        let address = String(last.drop { $0 == " " })
        return Peer { address }
    }
}

/// Who was let in.
package struct Visitor: Sendable {
    package let caller: Caller
    let verdict: RateVerdict?

    /// Tells the client how many requests it has left.
    func mark(_ response: inout Response) {
        if let verdict { response.headers.add(contentsOf: verdict.headers) }
    }
}

extension Door {
    /// What the gateway answers itself: counted like all else, and each endpoint lets in whom it declares.
    func routes(of api: API, clockwork: Clockwork) -> [Route] {
        let edge = Edge(
            authenticate: { [authentication] in try authentication.client(of: $0) },
            authorisation: authentication.authorisation, clockwork: clockwork, trace: { _ in Scope.current?.context })
        return api.routes(edge).map { route in route.wrapped(in: { guarding(.anyone, $0) }) }
    }

    package func guarding(_ access: Access, _ handler: @escaping Handler) -> Handler {
        { request in
            let visitor = try await admit(request, to: access)
            var response = try await handler(request)
            visitor.mark(&response)
            return response
        }
    }
}
