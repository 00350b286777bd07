package import TradewindDomain

/// How a consumer is doing, for people and for metrics.
package struct ConsumerStatus: Sendable {
    package struct Topic: Hashable, Sendable {
        package internal(set) var handled = 0, failed = 0, buried = 0
        package internal(set) var last: Timestamp?
        package internal(set) var lastFailure: String?
    }

    package internal(set) var topics: [EventName: Topic]
    package internal(set) var isPaused = false
    /// Delivered and not settled.
    package internal(set) var held = 0
    /// Why the group could not be joined yet.
    package internal(set) var failure: String?
    private var outageTold: Timestamp?

    init(topics: [EventName]) { self.topics = Dictionary(topics.map { ($0, Topic()) }) { first, _ in first } }

    /// Says whether it is worth telling: an outage meets every message, and is told once a second.
    mutating func note(_ name: EventName, _ verdict: Verdict, at now: Timestamp) -> Bool {
        topics[name, default: Topic()].last = now
        if let reason = verdict.reason {
            topics[name, default: Topic()].failed += 1
            topics[name, default: Topic()].lastFailure = reason
        } else {
            topics[name, default: Topic()].handled += 1
        }
        guard case .outage = verdict else { return true }
        if let outageTold, now < outageTold + .seconds(1) { return false }
        outageTold = now
        return true
    }

    mutating func buried(_ name: EventName) { topics[name, default: Topic()].buried += 1 }
}

/// What watches a consumer. Each part costs nothing when it is not given.
package struct ConsumerObserver: Sendable {
    package enum Outcome: String, CaseIterable, Sendable { case handled, failed, poison, outage }

    package var around: Subscription.Around?
    /// One call of a handler and how long it took.
    package var handled: @Sendable (Delivery, Outcome, Duration) -> Void
    package var buried: @Sendable (Delivery, _ reason: String) -> Void
    /// What went wrong, in a few words.
    package var report: @Sendable (String) -> Void

    package init(
        around: Subscription.Around? = nil,
        handled: @escaping @Sendable (Delivery, Outcome, Duration) -> Void = { _, _, _ in },
        buried: @escaping @Sendable (Delivery, String) -> Void = { _, _ in },
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.around, self.handled, self.buried, self.report) = (around, handled, buried, report)
    }
}

extension Verdict {
    var outcome: ConsumerObserver.Outcome {
        switch self {
        case .handled: .handled
        case .failed: .failed
        case .poison: .poison
        case .outage: .outage
        }
    }

    var reason: String? {
        switch self {
        case .handled: nil
        case .failed(let reason), .poison(let reason), .outage(let reason): reason
        }
    }
}
