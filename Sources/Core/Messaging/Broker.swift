package import TradewindDomain

/// What carries messages between services: Kafka, Redis, or this process itself. An adapter knows lanes, groups and
/// places; what to do with a message, how often to try and when to give up is decided above it, once for all of them.
package protocol Broker: Publisher {
    /// Makes those of the topics that do not exist, with their dead letter topics.
    func prepare(_ topics: [EventName]) async throws(BrokerFailure)

    /// Joins the group. From then on its members share the lanes of the topics, and each message is delivered to one
    /// of them until it is settled. A new group begins at the beginning of what the broker has.
    func join(_ group: String, of topics: [EventName]) async throws(BrokerFailure) -> any MessageSource

    /// The group will join. For a broker that keeps nothing by itself: until then messages wait for it.
    func announce(_ group: String, of topics: [EventName])

    /// Every message of the topics from now on, once, to whoever listens; nothing is kept for who is slow or away.
    /// Ends when the task that reads it is cancelled.
    func follow(_ topics: [EventName]) async throws(BrokerFailure) -> AsyncStream<Delivery>

    /// To all who listen at this moment.
    func broadcast(_ body: [UInt8], on channel: EventName) async throws(BrokerFailure)

    /// What is broadcast from now on. When the connection breaks it is made again, and what was said meanwhile is lost.
    func listen(to channel: EventName) async throws(BrokerFailure) -> AsyncStream<[UInt8]>

    var deadLetters: any DeadLetters { get }

    /// How many messages of each topic the group has not settled.
    func backlog(of group: String, _ topics: [EventName]) async throws(BrokerFailure) -> [EventName: Int]

    /// What it knows of itself, for metrics.
    var meters: [BrokerMeter] { get }

    /// Throws when it could not work just now.
    func check() async throws(BrokerFailure)

    /// Sends what waits, leaves, and ends all streams. Less than two seconds, also when the broker is away.
    func close() async
}

/// A membership in a group.
package protocol MessageSource: Sendable {
    /// What comes next; waits until there is something. A broker that goes away is waited for, not reported here.
    /// `closed` when the task is cancelled.
    func next() async -> SourceEvent

    /// Whether messages are to wait where they are: that is the back-pressure. `next` still tells of lanes that go.
    func hold(_ isHeld: Bool)

    /// These are done for good, in any order. Told to the broker with the next batch; what it does not hear of before
    /// it or we die is delivered again.
    func settle(_ places: [Place])

    /// Keeps the message as a dead letter and settles its place.
    func bury(_ letter: DeadLetter) async throws(BrokerFailure)

    /// Nothing of these lanes is in hand any more: the answer to `revoked`.
    func release(_ lanes: [Lane])

    /// Tells the broker what is settled and leaves the group.
    func close() async
}

package enum SourceEvent: Sendable {
    case deliveries([Delivery])
    /// Other members take these lanes over, as soon as they are released. What was delivered and not begun is theirs.
    case revoked([Lane])
    /// The membership is over though nobody ended it. Whoever joins again goes on.
    case lost(String)
    case closed
}

package protocol DeadLetters: Sendable {
    /// The oldest first; of all topics given.
    func list(_ topics: [EventName], limit: Int) async throws(BrokerFailure) -> [DeadLetter]
    func find(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> DeadLetter?
    /// False when it was not there.
    func drop(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> Bool
}

/// Why a broker did not do what it was asked, in words for people.
package struct BrokerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// Not there, or not able just now: trying again may help.
        case unavailable
        /// It will not do this: a wrong password, a topic that may not be made, a message too big.
        case refused
    }
    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) { (self.kind, self.description) = (kind, description) }
}

extension Broker {
    package func announce(_ group: String, of topics: [EventName]) {}
    package var meters: [BrokerMeter] { [] }

    /// Publishes the message again where it came from, and forgets the dead letter. All groups of the topic get it;
    /// those that had handled it know it by its id. False when there is no such dead letter.
    ///
    /// - Parameter name: what the message is called on its new way. The old name may still be in somebody's hand.
    package func replay(_ id: DeadLetter.Identifier, as name: UUID) async throws(BrokerFailure) -> Bool {
        guard let letter = try await deadLetters.find(id) else { return false }
        let message = Envelope(
            id: name, topic: letter.topic, key: letter.key, body: letter.body, headers: letter.headers)
        switch await publish([message], late: { _ in }).first {
        case .acknowledged, .inHand: return try await deadLetters.drop(id)
        case .refused(let reason): throw BrokerFailure(.refused, reason)
        case .unavailable(let reason): throw BrokerFailure(.unavailable, reason)
        case nil: throw BrokerFailure(.unavailable, "no answer")
        }
    }
}
