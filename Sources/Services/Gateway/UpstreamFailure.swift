package import TradewindHTTP
package import TradewindHTTPClient

/// Why a service's answer cannot be passed on: the client learns which service it was, and never where that is.
package struct UpstreamFailure: ProblemConvertible {
    package enum Reason: Sendable {
        case call(ClientError)
        /// No instance lives, or none may be called yet.
        case nobody(retryAfter: Duration)
    }
    let backend: Backend
    package let reason: Reason

    init(_ backend: Backend, _ error: ClientError) { self.init(backend, .call(error)) }
    init(_ backend: Backend, _ reason: Reason) { (self.backend, self.reason) = (backend, reason) }

    package var problem: Problem {
        switch reason {
        case .nobody(let wait): Self.unavailable(backend, after: wait)
        case .call(let error):
            switch error {
            case .connectTimedOut, .firstByteTimedOut, .stalled, .totalTimedOut:
                Problem(.gatewayTimeout, code: "upstream-timeout", detail: "\(backend.rawValue) took too long")
            case .resolution, .refused, .overloaded, .cancelled, .shutDown:
                Self.unavailable(backend, after: .seconds(1))
            default:
                Problem(
                    .badGateway, code: "upstream-answer", detail: "\(backend.rawValue) broke off or was not understood")
            }
        }
    }

    private static func unavailable(_ backend: Backend, after wait: Duration) -> Problem {
        let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
        return Problem(
            .serviceUnavailable, code: "upstream-away", detail: "\(backend.rawValue) is away",
            headers: [.retryAfter: "\(max(1, seconds))"])
    }
}

extension ClientError {
    /// The connection failed before an answer came.
    var isOfConnection: Bool {
        switch self {
        case .resolution, .connectTimedOut, .refused, .tls, .connectionClosed: true
        default: false
        }
    }

    /// It says something about who was called, and not about the request or who sent it.
    var isOfUpstream: Bool {
        switch self {
        case .firstByteTimedOut, .stalled, .totalTimedOut, .malformed: true
        default: isOfConnection
        }
    }
}
