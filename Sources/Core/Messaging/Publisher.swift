/// Where events go. A broker's adapter.
package protocol Publisher: Sendable {
    /// Sends the events and waits until each is acknowledged or has failed; the answers in the order of the events.
    /// Events of one key must arrive in their order, and after one that failed none of its key may arrive.
    func publish(_ events: [Envelope]) async -> [PublishResult]
}

package enum PublishResult: Hashable, Sendable {
    case acknowledged
    /// The broker will not have this event, for a reason that people can read.
    case refused(String)
    /// The broker could not be reached or is not able; it says nothing about the event.
    case unavailable(String)
}
