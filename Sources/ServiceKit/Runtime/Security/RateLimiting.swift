package import TradewindCQRS
package import TradewindHTTP
package import TradewindSecurity

extension RateKey {
    /// Whose bucket a request is taken from: the user's, or that of the address of who is nobody. Our own services have
    /// none: they ask for somebody who was counted already.
    package init?(_ caller: Caller, from peer: Peer) {
        switch caller {
        case .user(let id, _): self = .user(id)
        case .anonymous: self = .network(of: peer.host)
        case .service: return nil
        }
    }
}

extension RateVerdict {
    /// What the client is told whether it was admitted or not, as the IETF's draft on RateLimit fields had it when
    /// clients learnt to read them: seconds, rounded up.
    package var headers: HTTPHeaders {
        [
            "ratelimit-limit": "\(limit)", "ratelimit-remaining": "\(remaining)",
            "ratelimit-reset": "\(reset.secondsRoundedUp)",
        ]
    }

    /// The answer when it was not admitted.
    package var problem: Problem? {
        guard let retryAfter else { return nil }
        var headers = headers
        headers[.retryAfter] = "\(max(1, retryAfter.secondsRoundedUp))"
        return Problem(.tooManyRequests, code: "rate-limited", detail: "too many requests", headers: headers)
    }
}

extension Duration {
    fileprivate var secondsRoundedUp: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
