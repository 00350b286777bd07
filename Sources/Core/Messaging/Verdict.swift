internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence

/// What became of a message in the hands of its handler.
package enum Verdict: Hashable, Sendable {
    case handled
    /// Worth another attempt.
    case failed(String)
    /// Never worth one.
    case poison(String)
    /// What the handler needs is not there. Says nothing about the message.
    case outage(String)

    init(of error: any Error) {
        self =
            switch error {
            case let poison as PoisonMessage: .poison("\(poison)")
            // Who has lost a race has seen nothing of the message's fault in it, however often he loses.
            case let failure as DatabaseError where failure.isUnavailability || failure.isWorthAnotherAttempt:
                .outage("the database: \(failure)")
            case let failure as BrokerFailure where failure.kind == .unavailable: .outage("\(failure)")
            case Refusal.unavailable: .outage("\(error)")
            default: .failed("\(error)")
            }
    }
}
