internal import TradewindDomain
internal import TradewindLocks
package import TradewindMessaging
package import TradewindPersistence

/// Carries messages between the services of one process. It keeps nothing itself: a message counts as published when
/// every group of its topic has handled it, so until then it stays in the outbox that it comes from, and is sent again
/// after a restart. Dead letters are kept in a database.
package final class EmbeddedBroker: Broker {
    private let state = Lock(Traffic())
    private let letters: EmbeddedDeadLetters

    /// - Parameter database: for dead letters; migrated with `EmbeddedBroker.migrations()`.
    package init(deadLetters database: any Database) { letters = EmbeddedDeadLetters(database) }

    package var deadLetters: any DeadLetters { letters }

    package func publish(
        _ events: [Envelope], late: @escaping @Sendable (Int) -> Void
    ) async -> [PublishResult] {
        let (results, bells) = state.withLock { $0.take(events, late) }
        for bell in bells { bell.ring() }
        return results
    }

    /// There is nothing to make: a topic is there as soon as somebody listens.
    package func prepare(_ topics: [EventName]) async throws(BrokerFailure) { try await check() }

    package func announce(_ group: String, of topics: [EventName]) {
        state.withLock { $0.announce(group, topics) }
    }

    package func join(_ group: String, of topics: [EventName]) async throws(BrokerFailure) -> any MessageSource {
        let member = state.withLock { $0.join(group, topics) }
        return EmbeddedSource(group, member, of: self)
    }

    package func follow(_ topics: [EventName]) async throws(BrokerFailure) -> AsyncStream<Delivery> {
        let (stream, continuation) = AsyncStream<Delivery>.makeStream(bufferingPolicy: .bufferingNewest(1_024))
        let id = state.withLock { $0.addFollower(Set(topics), continuation) }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.removeFollower(id) } }
        return stream
    }

    package func broadcast(_ body: [UInt8], on channel: EventName) async throws(BrokerFailure) {
        for listener in state.withLock({ $0.listeners(to: channel) }) { listener.yield(body) }
    }

    package func listen(to channel: EventName) async throws(BrokerFailure) -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(1_024))
        let id = state.withLock { $0.addListener(channel, continuation) }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.removeListener(id) } }
        return stream
    }

    package func backlog(
        of group: String, _ topics: [EventName]
    ) async throws(BrokerFailure) -> [EventName: Int] {
        state.withLock { $0.backlog(of: group, topics) }
    }

    package func check() async throws(BrokerFailure) { try await letters.check() }

    package func close() async {
        let (bells, followers, listeners) = state.withLock { $0.close() }
        for bell in bells { bell.ring() }
        for follower in followers { follower.finish() }
        for listener in listeners { listener.finish() }
    }

    func next(_ member: Traffic.Member, isHeld: Bool) -> SourceEvent? {
        state.withLock { $0.next(for: member, isHeld: isHeld) }
    }

    func settle(_ places: [Place], of group: String) {
        for tell in state.withLock({ $0.settle(places, of: group) }) { tell() }
    }

    func leave(_ member: Traffic.Member) {
        for bell in state.withLock({ $0.leave(member) }) { bell.ring() }
    }

    func bury(_ letter: DeadLetter) async throws(BrokerFailure) { try await letters.keep(letter) }
}

/// A member of a group. The first one gets all messages, the others stand by: in one process a second one makes nothing
/// faster.
private final class EmbeddedSource: MessageSource {
    private let group: String
    private let member: Traffic.Member
    private let broker: EmbeddedBroker
    private let isHeld = Lock(false)

    init(_ group: String, _ member: Traffic.Member, of broker: EmbeddedBroker) {
        (self.group, self.member, self.broker) = (group, member, broker)
    }

    func next() async -> SourceEvent {
        while !Task.isCancelled {
            if let event = broker.next(member, isHeld: isHeld.withLock(\.self)) { return event }
            await member.bell.heard()
        }
        return .closed
    }

    func hold(_ isHeld: Bool) {
        self.isHeld.withLock { $0 = isHeld }
        if !isHeld { member.bell.ring() }
    }

    func settle(_ places: [Place]) { broker.settle(places, of: group) }

    func bury(_ letter: DeadLetter) async throws(BrokerFailure) {
        try await broker.bury(letter)
        settle([letter.id.place])
    }

    /// Lanes stay with their member until it leaves.
    func release(_ lanes: [Lane]) {}

    func close() async { broker.leave(member) }

    deinit { broker.leave(member) }
}
