/// Where events go. A broker's adapter.
package protocol Publisher: Sendable {
    /// Sends the events and waits until each is acknowledged or has failed; the answers in the order of the events.
    /// Events of one key must arrive in their order, and after one that failed none of its key may arrive.
    ///
    /// - Parameter late: told later of each event whose answer was `inHand`, by its index, that it is acknowledged. It
    ///   cannot fail any more: later ones of its key may be on their way.
    func publish(
        _ events: [Envelope], late: @escaping @Sendable (_ index: Int) -> Void
    ) async -> [PublishResult]
}

package enum PublishResult: Hashable, Sendable {
    case acknowledged
    /// Taken, but not for good: `late` tells when it is acknowledged. Until then it is the sender's, should it die.
    case inHand
    /// The broker will not have this event, for a reason that people can read.
    case refused(String)
    /// The broker could not be reached or is not able; it says nothing about the event.
    case unavailable(String)
}
