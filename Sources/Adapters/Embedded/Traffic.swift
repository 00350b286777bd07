internal import TradewindDomain
internal import TradewindMessaging

/// Who listens to what, and which messages are not handled by everybody yet. No waiting, no threads: what has to be
/// told or rung is handed back to whoever holds the lock.
struct Traffic {
    final class Member: Sendable {
        let group: String
        let bell = Bell()
        init(_ group: String) { self.group = group }
    }

    typealias Tell = @Sendable () -> Void

    private struct Message {
        let delivery: Delivery
        /// In the order in which they came, which a member that leaves restores.
        let number: Int
        var groups: Set<String>
        var tells: [Tell]
    }

    private struct Group {
        var topics: Set<EventName>
        var members: [Member] = []
        var waiting: [Place] = []
        var inHand: Set<Place> = []
    }

    private var messages: [Place: Message] = [:]
    private var groups: [String: Group] = [:]
    private var followers: [Int: (topics: Set<EventName>, stream: AsyncStream<Delivery>.Continuation)] = [:]
    private var listeners: [Int: (channel: EventName, stream: AsyncStream<[UInt8]>.Continuation)] = [:]
    private var count = 0
    private var isClosed = false

    /// Messages in the house at most, however many outboxes send.
    static let capacity = 50_000
    /// Handed out in one go.
    static let portion = 256

    private mutating func nextNumber() -> Int {
        count += 1
        return count
    }

    mutating func take(
        _ events: [Envelope], _ late: @escaping @Sendable (Int) -> Void
    ) -> (results: [PublishResult], bells: [Bell]) {
        if isClosed { return (events.map { _ in .unavailable("the process is stopping") }, []) }
        if messages.count + events.count > Self.capacity, !messages.isEmpty {
            return (events.map { _ in .unavailable("\(messages.count) messages are waiting to be handled") }, [])
        }
        let results = events.enumerated().map { index, event in take(event) { late(index) } }
        return (results, groups.values.filter { !$0.waiting.isEmpty }.compactMap { $0.members.first?.bell })
    }

    private mutating func take(_ event: Envelope, _ tell: @escaping Tell) -> PublishResult {
        let place = Place(Lane(event.topic, 0), UInt128(event.id))
        let delivery = Delivery(
            place: place, topic: event.topic, key: event.key, body: event.body, headers: event.headers)
        if messages[place] != nil {
            // Its sender has forgotten that it sent it already.
            messages[place]?.tells.append(tell)
            return .inHand
        }
        for follower in followers.values where follower.topics.contains(event.topic) { follower.stream.yield(delivery) }
        // Their names only: a second reference to a group would have all that waits there copied with each message.
        let receivers = groups.compactMap { $0.value.topics.contains(event.topic) ? $0.key : nil }
        guard !receivers.isEmpty else { return .acknowledged }
        messages[place] = Message(delivery: delivery, number: nextNumber(), groups: Set(receivers), tells: [tell])
        for name in receivers { groups[name]?.waiting.append(place) }
        return .inHand
    }

    mutating func announce(_ name: String, _ topics: [EventName]) {
        groups[name, default: Group(topics: [])].topics.formUnion(topics)
    }

    mutating func join(_ name: String, _ topics: [EventName]) -> Member {
        let member = Member(name)
        announce(name, topics)
        groups[name]?.members.append(member)
        return member
    }

    mutating func next(for member: Member, isHeld: Bool) -> SourceEvent? {
        let members = groups[member.group]?.members ?? []
        guard !isClosed, members.contains(where: { $0 === member }) else { return .closed }
        guard members.first === member, !isHeld else { return nil }
        let portion = Array(groups[member.group]?.waiting.prefix(Self.portion) ?? [])
        guard !portion.isEmpty else { return nil }
        // In place, as above.
        groups[member.group]?.waiting.removeFirst(portion.count)
        groups[member.group]?.inHand.formUnion(portion)
        return .deliveries(portion.compactMap { messages[$0]?.delivery })
    }

    /// Returns whom to tell that their message has been handled by all.
    mutating func settle(_ places: [Place], of name: String) -> [Tell] {
        var tells: [Tell] = []
        for place in places where groups[name]?.inHand.remove(place) != nil {
            messages[place]?.groups.remove(name)
            if let message = messages[place], message.groups.isEmpty {
                tells += message.tells
                messages[place] = nil
            }
        }
        return tells
    }

    /// What the member had in hand goes to the next one, or waits for one.
    mutating func leave(_ member: Member) -> [Bell] {
        guard var group = groups[member.group], let index = group.members.firstIndex(where: { $0 === member }) else {
            return []
        }
        group.members.remove(at: index)
        if index == 0 {
            let returned = group.inHand.sorted { (messages[$0]?.number ?? 0) < (messages[$1]?.number ?? 0) }
            group.waiting = returned + group.waiting
            group.inHand = []
        }
        groups[member.group] = group
        return group.members.first.map { [$0.bell] } ?? []
    }

    func backlog(of name: String, _ topics: [EventName]) -> [EventName: Int] {
        var counts = Dictionary(topics.map { ($0, 0) }) { first, _ in first }
        guard let group = groups[name] else { return counts }
        for place in group.waiting { counts[place.lane.topic]? += 1 }
        for place in group.inHand { counts[place.lane.topic]? += 1 }
        return counts
    }

    mutating func addFollower(_ topics: Set<EventName>, _ stream: AsyncStream<Delivery>.Continuation) -> Int {
        let id = nextNumber()
        if isClosed { stream.finish() } else { followers[id] = (topics, stream) }
        return id
    }

    mutating func removeFollower(_ id: Int) { followers[id] = nil }

    mutating func addListener(_ channel: EventName, _ stream: AsyncStream<[UInt8]>.Continuation) -> Int {
        let id = nextNumber()
        if isClosed { stream.finish() } else { listeners[id] = (channel, stream) }
        return id
    }

    mutating func removeListener(_ id: Int) { listeners[id] = nil }

    func listeners(to channel: EventName) -> [AsyncStream<[UInt8]>.Continuation] {
        listeners.values.filter { $0.channel == channel }.map(\.stream)
    }

    /// Ends everything. What was not handled stays in the outboxes.
    mutating func close() -> (
        bells: [Bell], followers: [AsyncStream<Delivery>.Continuation], listeners: [AsyncStream<[UInt8]>.Continuation]
    ) {
        isClosed = true
        defer { (messages, followers, listeners) = ([:], [:], [:]) }
        return (
            groups.values.flatMap { $0.members.map(\.bell) }, followers.values.map(\.stream),
            listeners.values.map(\.stream)
        )
    }
}

extension UInt128 {
    init(_ id: UUID) { self = UInt128(id.high) << 64 | UInt128(id.low) }
}
