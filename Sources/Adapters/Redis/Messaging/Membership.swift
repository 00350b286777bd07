internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindReactor

/// What a member has of one topic: does what its `LaneMachine` decides.
///
/// Safety: `@unchecked Sendable` because it is confined to the loop of its source.
@safe final class Membership: @unchecked Sendable {
    let topic: EventName
    /// Each holds the other until the source is closed.
    private let source: RedisSource
    // Unchecked exclusivity: the machine calls nobody while it changes.
    @safe @exclusivity(unchecked) private var machine: LaneMachine
    private var isBeating = false
    private var isClaiming: Set<Int> = []
    /// Entries may be there that were not read yet.
    private var mayHaveNews = true
    /// A read was in vain for a reason that may pass: tried again with the next beat, and not at once.
    var isFaulty = false

    /// Messages of one read, over all lanes.
    private static let most = 512

    init(_ topic: EventName, lanes count: Int, of source: RedisSource) {
        (self.topic, self.source) = (topic, source)
        machine = LaneMachine(source.member, lanes: count)
    }

    private var loop: EventLoop { source.loop }
    private var members: String { topic.members(of: source.group) }
    private func lane(_ number: Int) -> Lane { Lane(topic, number) }
    private func lease(_ number: Int) -> String { lane(number).lease(of: source.group) }

    // MARK: Lanes come and go

    func beat(then done: @escaping (RedisError?) -> Void = { _ in }) {
        carryOut(machine.expire(at: loop.now))
        claim()
        if isFaulty {
            isFaulty = machine.isResting(at: loop.now)
            lookAgain()
        }
        guard !isBeating else { return done(nil) }
        isBeating = true
        let (lanes, sent) = (machine.leases, loop.now)
        source.line.run(Scripts.beat, keys: [members] + lanes.map(lease), [source.member, source.lease]) {
            [self] answer in
            isBeating = false
            switch answer {
            case .success(let value): done(tookBeat(value, lanes, sent))
            case .failure(let error): done(error)
            }
        }
    }

    private func tookBeat(_ value: RedisValue, _ lanes: [Int], _ sent: Instant) -> RedisError? {
        guard let values = value.array, values.count == lanes.count + 1, let living = values[0].array else {
            return .unexpected("the members of a group")
        }
        let holdings = zip(lanes, values.dropFirst()).map { lane, value in
            (lane, value.integer == 1 ? .renewed : value.integer == 2 ? .taken : LaneMachine.Holding.others)
        }
        // By the next beat after it at the latest the consumer hears of it, and only then others can have the lane.
        let end = sent + source.lease / 10 * 8
        let change = machine.beat(living.compactMap(\.text), holdings, until: end)
        carryOut(change)
        claim()
        if change.isUnfinished { beat() }
        return nil
    }

    private func carryOut(_ change: LaneMachine.Change) {
        if !change.revoked.isEmpty { source.revoke(change.revoked.map(lane)) }
        giveBack(change.givenBack)
    }

    private func giveBack(_ lanes: [Int]) {
        guard !lanes.isEmpty else { return }
        source.line.run(Scripts.giveBack, keys: [members] + lanes.map(lease), [source.member, 0]) { _ in }
    }

    func release(_ lanes: [Int]) {
        var isOurs = false
        var free: [Int] = []
        for lane in lanes { if machine.released(lane) { free.append(lane) } else { isOurs = true } }
        giveBack(free)
        if isOurs { beat() }
    }

    func leave(then done: @escaping () -> Void) {
        let leases = machine.leases.map(lease)
        source.line.run(Scripts.giveBack, keys: [members] + leases, [source.member, 1]) { _ in done() }
    }

    private func claim() {
        for (lane, from) in machine.claims(at: loop.now) where isClaiming.insert(lane).inserted {
            let tenure = machine.lanes[lane].tenure
            source.line.run(
                Scripts.claim, keys: [self.lane(lane).key, lease(lane)], [source.member, source.group, from]
            ) { [self] answer in
                isClaiming.remove(lane)
                let page = (try? answer.get())?.array
                let group = page.flatMap { $0.count > 1 ? $0[1].text : nil }.flatMap(EntryID.init)
                machine.claimed(lane, tenure, next: page?.first?.text, group: group, at: loop.now)
                claim()
                lookAgain()
            }
        }
    }

    // MARK: Reading

    private func lookAgain() {
        mayHaveNews = true
        source.ring()
    }

    var isReadable: Bool { mayHaveNews && !machine.readable(at: loop.now).isEmpty }

    /// The lanes that news are awaited of, and after what.
    var watched: [(Lane, EntryID)] {
        machine.readable(at: loop.now).compactMap { number, after in
            after == nil ? (lane(number), machine.lanes[number].last) : nil
        }
    }

    func heard(of keys: Set<String>) {
        if machine.lanes.indices.contains(where: { keys.contains(lane($0).key) }) { mayHaveNews = true }
    }

    func read(then done: @escaping ([Delivery]) -> Void) {
        let lanes = machine.readable(at: loop.now)
        let tenures = lanes.map { machine.lanes[$0.lane].tenure }
        mayHaveNews = false
        let keys = lanes.flatMap { [lane($0.lane).key, lease($0.lane)] }
        let each = max(Self.most / max(lanes.count, 1), 16)
        let places = lanes.map { $0.after?.description ?? ">" }
        source.line.run(
            Scripts.read, keys: keys, [source.member, source.group, each] + places as [any RedisWord]
        ) { [self] answer in
            let pages = (try? answer.get())?.array
            var deliveries: [Delivery] = []
            for (index, (number, after)) in lanes.enumerated() {
                let value = pages.map { index < $0.count ? $0[index] : .null }
                deliveries += took(value, number, tenures[index], isAgain: after != nil)
            }
            done(deliveries)
        }
    }

    private func took(_ value: RedisValue?, _ number: Int, _ tenure: Int, isAgain: Bool) -> [Delivery] {
        let entries = value?.entries ?? []
        let page: LaneMachine.Page =
            switch value {
            case nil: .unknown
            case .null?: .lost
            case .array?: .entries(upTo: entries.last?.id)
            case let complaint? where complaint.text?.contains("NOGROUP") == true: .noGroup
            default: .complaint
            }
        guard machine.read(number, tenure, page, at: loop.now) else { return [] }
        switch page {
        // There may be more, or after what was read again, something new.
        case .entries: if !entries.isEmpty || isAgain { mayHaveNews = true }
        case .noGroup: claim()
        case .lost, .complaint, .unknown: isFaulty = true
        }
        let lane = lane(number)
        let gone = entries.filter(\.isGone)
        if !gone.isEmpty { source.settle(gone.map { Place(lane, $0.id.position) }) }
        return entries.filter { !$0.isGone }.map { $0.delivery(in: lane) }
    }
}
