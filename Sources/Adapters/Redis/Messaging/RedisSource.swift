internal import Glibc
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindReactor

/// A member of a group. Gives signs of life, holds lanes, reads them when it is asked, and waits for news on a
/// connection of its own.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; callers reach it through `EventLoop.execute` and
/// `run`.
@safe final class RedisSource: MessageSource, TurnEnd, @unchecked Sendable {
    let group: String
    let member: String
    let loop: EventLoop
    let line: Line
    let lease: Duration
    private let newsLine: Line
    private let bell = Bell()
    // Unchecked exclusivity: single loads and stores on the loop.
    @safe @exclusivity(unchecked) private(set) var memberships: [Membership] = []
    private var revoked: [Lane] = []
    @safe @exclusivity(unchecked) private var settled: [Place] = []
    private var isHeld = false
    private var isAwaitingNews = false
    private var isClosed = false
    private var pulse: Deadline?

    /// How long Redis waits for news before it says that there are none.
    private static let newsPatience = Duration.milliseconds(500)

    init(_ group: String, of lanes: [Lane], lease: Duration, _ client: RedisClient) {
        (self.group, self.lease) = (group, lease)
        loop = client.group.next()
        line = client.line(on: loop)
        newsLine = client.separateLine(on: loop)
        member = "\(hostName()).\(getpid()).\(newToken())"
        var counts: [EventName: Int] = [:]
        for lane in lanes { counts[lane.topic, default: 0] += 1 }
        memberships = counts.map { Membership($0.key, lanes: $0.value, of: self) }
        pulse = loop.deadline { [weak self] in self?.beat() }
    }

    /// The first sign of life, which fails when Redis is not there.
    func start() async throws(BrokerFailure) {
        let failure: RedisError? = await withCheckedContinuation { caller in
            loop.execute { [self] in
                var open = memberships.count
                var failure: RedisError?
                schedule()
                guard open > 0 else { return caller.resume(returning: nil) }
                for membership in memberships {
                    membership.beat { error in
                        failure = failure ?? error
                        open -= 1
                        if open == 0 { caller.resume(returning: failure) }
                    }
                }
            }
        }
        guard let failure else { return }
        await close()
        throw BrokerFailure(failure)
    }

    private func schedule() {
        if let pulse, !isClosed { loop.set(pulse, to: loop.now + lease / 6) }
    }

    private func beat() {
        for membership in memberships { membership.beat() }
        if !settled.isEmpty { loop.atEndOfTurn(self) }
        schedule()
    }

    // MARK: Deliveries

    func next() async -> SourceEvent { await loop.run { await self.nextOnLoop() } }

    private func nextOnLoop() async -> SourceEvent {
        while true {
            if isClosed || Task.isCancelled { return .closed }
            if !revoked.isEmpty {
                defer { revoked = [] }
                return .revoked(revoked)
            }
            if !isHeld {
                let deliveries = await read()
                if !deliveries.isEmpty { return .deliveries(deliveries) }
                if memberships.contains(where: \.isReadable) { continue }
                awaitNews()
            }
            await bell.heard()
        }
    }

    func hold(_ isHeld: Bool) {
        loop.execute { [self] in
            self.isHeld = isHeld
            bell.ring()
        }
    }

    /// From all topics at once.
    private func read() async -> [Delivery] {
        let those = memberships.filter(\.isReadable)
        guard !those.isEmpty, revoked.isEmpty else { return [] }
        return await withCheckedContinuation { caller in
            var open = those.count
            var all: [Delivery] = []
            for membership in those {
                membership.read { deliveries in
                    all += deliveries
                    open -= 1
                    if open == 0 { caller.resume(returning: all) }
                }
            }
        }
    }

    /// Plain XREAD, which changes nothing: a read of the group would hand entries to a member that has meanwhile lost
    /// the lane. The first entry of each lane comes with it and is thrown away.
    private func awaitNews() {
        let lanes = memberships.flatMap(\.watched)
        guard !isAwaitingNews, !isClosed, !lanes.isEmpty else { return }
        isAwaitingNews = true
        var request = RedisRequest()
        request.begin(words: 6 + 2 * lanes.count)
        for word in ["XREAD", "BLOCK", "\(Self.newsPatience.milliseconds)", "COUNT", "1", "STREAMS"] {
            request.add(word: word)
        }
        for (lane, _) in lanes { request.add(word: lane.key) }
        for (_, after) in lanes { request.add(word: after.description) }
        newsLine.send(request, blocking: Self.newsPatience) { [weak self] answer in self?.tookNews(answer) }
    }

    private func tookNews(_ answer: Ticket.Answer) {
        isAwaitingNews = false
        guard case .success(let values) = answer, let value = values.first, value.complaint == nil else {
            // A fault of Redis, or of a lane that the next read will find.
            for membership in memberships { membership.isFaulty = true }
            return
        }
        let keys = Set((value.array ?? []).compactMap { $0.array?.first?.text })
        for membership in memberships where !keys.isEmpty { membership.heard(of: keys) }
        bell.ring()
    }

    /// Wakes whoever waits for the next event, to look again.
    func ring() { bell.ring() }

    func revoke(_ lanes: [Lane]) {
        revoked += lanes
        bell.ring()
    }

    func release(_ lanes: [Lane]) {
        loop.execute { [self] in
            sendSettled()
            for membership in memberships {
                let own = lanes.filter { $0.topic == membership.topic }.map(\.number)
                if !own.isEmpty { membership.release(own) }
            }
        }
    }

    // MARK: Settling

    /// Whoever has handled a message may say so, also one that has meanwhile lost its lane: handled it is. So this
    /// checks no lease.
    func settle(_ places: [Place]) {
        loop.execute { [self] in
            settled += places
            loop.atEndOfTurn(self)
        }
    }

    func turnEnded() { sendSettled() }

    private func sendSettled() {
        guard !settled.isEmpty else { return }
        let places = settled
        settled = []
        var lanes: [Lane: [EntryID]] = [:]
        for place in places { lanes[place.lane, default: []].append(EntryID(position: place.position)) }
        var request = RedisRequest()
        for (lane, entries) in lanes {
            request.begin(words: 3 + entries.count)
            request.add(word: "XACK")
            request.add(word: lane.key)
            request.add(word: group)
            for entry in entries { request.add(word: entry.description) }
        }
        line.send(request) { [weak self] answer in
            // Tried again with a later beat, unless it is so much that delivering it again is the lesser evil.
            guard case .failure = answer, let self, settled.count < 100_000 else { return }
            settled = places + settled
        }
    }

    func bury(_ letter: DeadLetter) async throws(BrokerFailure) {
        let lane = letter.id.place.lane
        let keys = [lane.key, lane.lease(of: letter.id.group), lane.topic.deadLetterKey]
        let words: [any RedisWord] = [
            member, letter.id.group, EntryID(position: letter.id.place.position).description,
        ]
        let answer = try await translating { () throws(RedisError) in
            try await withCheckedContinuation { caller in
                loop.execute { [line] in
                    line.run(Scripts.bury, keys: keys, words + letter.words) { caller.resume(returning: $0) }
                }
            }.get()
        }
        if answer.isNull { throw BrokerFailure(.unavailable, "another member of \(group) has \(lane) now") }
    }

    // MARK: Leaving

    func close() async {
        await withCheckedContinuation { caller in
            loop.execute { [self] in
                guard !isClosed else { return caller.resume() }
                isClosed = true
                if let pulse { loop.set(pulse, to: .distantFuture) }
                newsLine.close()
                bell.ring()
                sendSettled()
                let leaving = memberships
                memberships = []
                var open = leaving.count
                guard open > 0 else { return caller.resume() }
                for membership in leaving {
                    membership.leave {
                        open -= 1
                        if open == 0 { caller.resume() }
                    }
                }
            }
        }
    }
}

private func hostName() -> String {
    var name = [CChar](repeating: 0, count: 65)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "somewhere" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
