package import TradewindDomain

/// A message as a broker hands it over: bytes that nobody has looked at yet.
package struct Delivery: Sendable {
    package let place: Place
    package let topic: EventName
    /// Messages of one key are handled in their order; those without a key in any.
    package let key: String
    package let body: [UInt8]
    /// What a producer wrote beside the body. CloudEvents in binary mode keep their attributes here: `ce_id`, …
    package let headers: [String: String]

    package init(place: Place, topic: EventName, key: String, body: [UInt8], headers: [String: String] = [:]) {
        (self.place, self.topic, self.key, self.body, self.headers) = (place, topic, key, body, headers)
    }
}

/// Where a message stands at its broker: the same for as long as the message is there, however often it is delivered.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    package let lane: Lane
    /// Rises along the lane: Kafka's offset, the two halves of Redis' entry id.
    package let position: UInt128

    package init(_ lane: Lane, _ position: UInt128) { (self.lane, self.position) = (lane, position) }

    package var description: String { "\(lane)~\(position)" }
}

/// A part of a topic that keeps its order and belongs to one consumer of a group at a time: a partition of Kafka, one
/// of the streams that a topic is spread over in Redis.
package struct Lane: Hashable, Sendable, CustomStringConvertible {
    package let topic: EventName, number: Int

    package init(_ topic: EventName, _ number: Int) { (self.topic, self.number) = (topic, number) }

    package var description: String { "\(topic)~\(number)" }
}

/// A message that a group could not handle, with the reason. It stays until somebody replays or drops it.
package struct DeadLetter: Sendable {
    /// Where it stood and whose it is, so that the same message cannot be two dead letters of a group.
    package struct Identifier: Hashable, Sendable, CustomStringConvertible {
        package let place: Place, group: String

        package init(_ place: Place, of group: String) { (self.place, self.group) = (place, group) }

        /// `order.created~2~1042~payments`: stands in a URL as it is.
        package var description: String { "\(place)~\(group)" }

        package init?(_ text: String) {
            let parts = text.split(separator: "~", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, !parts[0].isEmpty, let lane = Int(parts[1]), let position = UInt128(parts[2]) else {
                return nil
            }
            self.init(Place(Lane(EventName(String(parts[0])), lane), position), of: String(parts[3]))
        }
    }

    package let id: Identifier
    package let key: String
    package let body: [UInt8]
    package let headers: [String: String]
    package let reason: String
    package let attempts: Int
    package let at: Timestamp

    package init(
        id: Identifier, key: String, body: [UInt8], headers: [String: String], reason: String, attempts: Int,
        at: Timestamp
    ) {
        (self.id, self.key, self.body, self.headers) = (id, key, body, headers)
        (self.reason, self.attempts, self.at) = (reason, attempts, at)
    }

    package var topic: EventName { id.place.lane.topic }
}

extension EventName {
    /// Where the dead letters of this topic are.
    package var deadLetters: EventName { EventName("\(self).dlq") }
}
