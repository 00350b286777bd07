package import TradewindDomain

/// Why the bus did not carry something out. What the domain has to say travels as it is: `Violations`, `NotFound`,
/// `VersionConflict` and every `DomainError`.
package enum Refusal: Error, Hashable, Sendable {
    case unauthenticated
    case forbidden
    case conflict(Rule)
    case unavailable(retryAfter: Duration)
}

extension Rule {
    package static let oneKeyForOneRequest: Rule = "idempotency-key-was-used-for-another-request"
}

/// How it ended: a label on metrics, spans and audit entries.
package enum Outcome: String, CaseIterable, Sendable {
    case succeeded, invalid, unauthenticated, forbidden, rejected, conflict, unavailable, cancelled, failed
    case notFound = "not_found"
    /// Answered from what an earlier attempt had stored.
    case repeated

    package init(of error: any Error) {
        self =
            switch error {
            case is Violations: .invalid
            case is NotFound: .notFound
            case is VersionConflict: .conflict
            case is any DomainError: .rejected
            case is CancellationError: .cancelled
            case let refusal as Refusal:
                switch refusal {
                case .unauthenticated: .unauthenticated
                case .forbidden: .forbidden
                case .conflict: .conflict
                case .unavailable: .unavailable
                }
            default: .failed
            }
    }
}
