internal import TradewindDomain
package import TradewindMessaging

/// A broker as Kafka and Redis are: topics in lanes that keep their order, groups whose members share the lanes, each
/// message delivered until it is settled. It outlives the programs.
///
/// Safety: `@unchecked Sendable` because the simulation has one thread.
package final class SimulatedBroker: @unchecked Sendable {
    private let lanesOfTopic: Int
    /// What was ever published, along each lane.
    package private(set) var lanes: [Lane: [Envelope]] = [:]
    package private(set) var deadLetters: [DeadLetter] = []
    private var groups: [String: SimulatedGroup] = [:]

    package init(lanesOfTopic: Int = 2) { self.lanesOfTopic = lanesOfTopic }

    /// The broker as a program sees it.
    package func client(of life: Life) -> any Broker { BrokerClient(self, life) }

    /// Whether every group that was announced has settled everything.
    package var isQuiet: Bool { groups.values.allSatisfy { $0.backlog(self).values.allSatisfy { $0 == 0 } } }

    func append(_ event: Envelope) {
        let hash = event.key.utf8.reduce(0) { $0 &* 31 &+ Int($1) }
        let lane = Lane(event.topic, Int(UInt(bitPattern: hash) % UInt(lanesOfTopic)))
        lanes[lane, default: []].append(event)
        for group in groups.values { group.ring(lane) }
    }

    fileprivate func group(_ name: String, _ topics: [EventName]) -> SimulatedGroup {
        if let group = groups[name] { return group }
        let lanes = topics.flatMap { topic in (0..<lanesOfTopic).map { Lane(topic, $0) } }
        let group = SimulatedGroup(lanes)
        groups[name] = group
        return group
    }

    fileprivate func backlog(of name: String) -> [EventName: Int] { groups[name]?.backlog(self) ?? [:] }

    fileprivate func bury(_ letter: DeadLetter) { deadLetters.append(letter) }
}

/// Safety: `@unchecked Sendable` because the simulation has one thread.
private final class BrokerClient: Broker, @unchecked Sendable {
    private let broker: SimulatedBroker
    private let life: Life
    /// Taken and not yet on its way. What comes later waits behind it: keys keep their order.
    private var inHand: [(event: Envelope, tell: () -> Void)] = []

    init(_ broker: SimulatedBroker, _ life: Life) { (self.broker, self.life) = (broker, life) }

    private func strikes(_ fault: Fault) -> Bool { life.simulation.strikes(fault) }

    // MARK: Publishing

    func publish(
        _ events: [Envelope], late: @escaping @Sendable (Int) -> Void
    ) async -> [PublishResult] {
        if !inHand.isEmpty || strikes(.inHand) { return keep(events, late) }
        guard await reach(), life.survives("before it published") else { return events.map { _ in .away } }
        let cut = strikes(.publishCut) ? life.simulation.roll(0...events.count) : events.count
        let results = events.enumerated().map { $0.offset < cut ? PublishResult.acknowledged : .away }
        let refused = strikes(.eventRefused) ? events.first?.key : nil
        if strikes(.publishDoubled) { send(events.prefix(life.simulation.roll(0...cut)), but: refused) }
        send(events.prefix(cut), but: refused)
        guard life.survives("when it had published"), (try? await life.simulation.dawdle()) != nil else {
            return events.map { _ in .away }
        }
        if strikes(.publishUnheard) {
            life.note("  hears nothing of what it published")
            return events.map { _ in .away }
        }
        return zip(events, results).map { $0.key == refused ? .refused("not now") : $1 }
    }

    private func send(_ events: ArraySlice<Envelope>, but refused: String?) {
        for event in events where event.key != refused {
            life.note("publishes \(event.topic) of \(event.key.suffix(4)) as \(event.id.description.suffix(4))")
            broker.append(event)
        }
    }

    private func keep(
        _ events: [Envelope], _ late: @escaping @Sendable (Int) -> Void
    ) -> [PublishResult] {
        let isWorking = !inHand.isEmpty
        for (index, event) in events.enumerated() { inHand.append((event, { late(index) })) }
        if !isWorking { _ = life.start { await self.sendWhatIsInHand() } }
        return events.map { _ in .inHand }
    }

    private func sendWhatIsInHand() async {
        while let first = inHand.first {
            try? await life.simulation.sleep(life.simulation.pause(1...50))
            guard life.survives("with something in hand") else { return }
            send([first.event], but: nil)
            inHand.removeFirst()
            first.tell()
        }
    }

    /// False when it is not there.
    private func reach() async -> Bool {
        (try? await life.simulation.dawdle()) != nil && !life.isOver && !strikes(.brokerAway)
    }

    // MARK: Consuming

    func prepare(_ topics: [EventName]) async throws(BrokerFailure) { try await check() }

    func announce(_ group: String, of topics: [EventName]) { _ = broker.group(group, topics) }

    func join(_ group: String, of topics: [EventName]) async throws(BrokerFailure) -> any MessageSource {
        try await check()
        let group = broker.group(group, topics)
        let member = SimulatedMember(group, broker, life)
        group.join(member)
        life.atEnd { group.leave(member) }
        return member
    }

    func backlog(of group: String, _ topics: [EventName]) async throws(BrokerFailure) -> [EventName: Int] {
        try await check()
        return broker.backlog(of: group)
    }

    func check() async throws(BrokerFailure) { if !(await reach()) { throw BrokerFailure.away } }

    func close() async {}

    // MARK: What no scenario has needed yet

    var deadLetters: any DeadLetters { NoDeadLetters() }

    func follow(_ topics: [EventName]) async throws(BrokerFailure) -> AsyncStream<Delivery> { throw .notSimulated }
    func broadcast(_ body: [UInt8], on channel: EventName) async throws(BrokerFailure) { throw .notSimulated }
    func listen(to channel: EventName) async throws(BrokerFailure) -> AsyncStream<[UInt8]> { throw .notSimulated }
}

/// Safety: `@unchecked Sendable` because the simulation has one thread.
final class SimulatedMember: MessageSource, @unchecked Sendable {
    private let group: SimulatedGroup
    private let broker: SimulatedBroker
    let life: Life
    let bell = Bell()
    private var isHeld = false, isClosed = false
    /// Lanes that it has to give back, and those of them of which it has been told.
    private var owed: Set<Lane> = [], told: Set<Lane> = []

    init(_ group: SimulatedGroup, _ broker: SimulatedBroker, _ life: Life) {
        (self.group, self.broker, self.life) = (group, broker, life)
    }

    func next() async -> SourceEvent {
        while !Task.isCancelled, !life.isOver, !isClosed {
            if life.simulation.strikes(.expulsion) { group.expel(self) }
            if life.simulation.strikes(.rebalance) { group.rebalance(turning: true) }
            if let event = event() { return event }
            await bell.heard()
            try? await life.simulation.dawdle()
        }
        return .closed
    }

    private func event() -> SourceEvent? {
        let lanes = owed.subtracting(told).sorted { $0.description < $1.description }
        if !lanes.isEmpty {
            told.formUnion(lanes)
            life.note("must give back \(lanes.map(\.description).joined(separator: " "))")
            return .revoked(lanes)
        }
        let deliveries = isHeld ? [] : group.deliveries(for: self, of: broker)
        if deliveries.isEmpty { return nil }
        life.note("is given \(deliveries.map(\.place.description).joined(separator: " "))")
        return .deliveries(deliveries)
    }

    func mustGiveBack(_ lane: Lane) { owed.insert(lane) }
    func owes(_ lane: Lane) -> Bool { owed.contains(lane) }

    func hold(_ isHeld: Bool) {
        self.isHeld = isHeld
        bell.ring()
    }

    func settle(_ places: [Place]) {
        guard life.simulation.strikes(.settledLate) else { return tell(places) }
        _ = life.start { [life] in
            guard (try? await life.simulation.sleep(life.simulation.pause(1...500))) != nil else { return }
            self.tell(places)
        }
    }

    private func tell(_ places: [Place]) { if !life.isOver { group.settle(places, by: self) } }

    func bury(_ letter: DeadLetter) async throws(BrokerFailure) {
        try? await life.simulation.dawdle()
        guard life.survives("before it buried \(letter.id)"), !life.simulation.strikes(.brokerAway) else {
            throw .away
        }
        life.note("buries \(letter.id): \(letter.reason)")
        broker.bury(letter)
        settle([letter.id.place])
    }

    func release(_ lanes: [Lane]) {
        owed.subtract(lanes)
        told.subtract(lanes)
        if !life.isOver { group.release(lanes, by: self) }
    }

    func close() async {
        isClosed = true
        group.leave(self)
    }
}

private struct NoDeadLetters: DeadLetters {
    func list(_ topics: [EventName], limit: Int) async throws(BrokerFailure) -> [DeadLetter] { throw .notSimulated }
    func find(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> DeadLetter? { throw .notSimulated }
    func drop(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> Bool { throw .notSimulated }
}

extension BrokerFailure {
    fileprivate static let away = BrokerFailure(.unavailable, "the broker is away")
    fileprivate static let notSimulated = BrokerFailure(.refused, "not simulated")
}

extension PublishResult {
    fileprivate static let away = PublishResult.unavailable("the broker is away")
}
