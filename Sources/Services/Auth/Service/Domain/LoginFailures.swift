package import TradewindDomain

/// The failed attempts to log in, of one email or from one address, that still count.
package struct LoginFailures: Equatable, Sendable {
    package static let most = 5
    package static let window = Duration.seconds(15 * 60)

    /// The oldest first.
    package private(set) var times: [Timestamp]

    package init(_ times: [Timestamp] = []) { self.times = times.sorted() }

    /// Counts an attempt as failed before anybody knows: else who tries many passwords at once would be counted late.
    package mutating func count(_ attempt: Timestamp) throws(TooManyFailures) {
        times.removeAll { attempt - $0 >= Self.window }
        guard times.count < Self.most else {
            throw TooManyFailures(retryAfter: times[times.count - Self.most] + Self.window - attempt)
        }
        times.append(attempt)
        times.sort()
    }

    /// It was none after all.
    package mutating func forgive(_ attempt: Timestamp) {
        if let place = times.firstIndex(of: attempt) { times.remove(at: place) }
    }
}

package struct TooManyFailures: DomainError, Equatable {
    package let retryAfter: Duration

    package init(retryAfter: Duration) { self.retryAfter = retryAfter }

    package var rule: Rule { "too-many-failed-attempts" }
}
