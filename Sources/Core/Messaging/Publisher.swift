/// Where events go. A broker's adapter.
package protocol Publisher: Sendable {
    /// Sends the events and waits until each is acknowledged or has failed; the answers in the order of the events.
    /// Events of one key must arrive in their order, and after one that failed none of its key may arrive.
    ///
    /// - Parameter late: told later of each event whose answer was `inHand`, by its index, once.
    func publish(
        _ events: [Envelope], late: @escaping @Sendable (_ index: Int, PublishResult) -> Void
    ) async -> [PublishResult]
}

package enum PublishResult: Hashable, Sendable {
    case acknowledged
    /// Taken, but not for good: it is still the sender's until `late` tells what became of it.
    case inHand
    /// The broker will not have this event, for a reason that people can read.
    case refused(String)
    /// The broker could not be reached or is not able; it says nothing about the event.
    case unavailable(String)
}
