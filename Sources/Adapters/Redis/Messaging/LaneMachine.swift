internal import TradewindReactor

/// Which lanes of a topic a member of a group has, and how far it is with each. No Redis, no timers: it is told what
/// became of its requests and what time it is.
///
/// A lane belongs to whoever has its lease. The living members agree on who should have it, because all compute the
/// same; whoever has one that it should not lets it go, and whoever lacks one tries to take it with each beat.
struct LaneMachine {
    enum Phase: Equatable {
        /// Not ours.
        case elsewhere
        /// Ours since a moment: what others left unsettled is made ours, from there on.
        case claiming(from: String)
        /// What was delivered before and is not settled is read again, after this one.
        case catchingUp(EntryID)
        case live
        /// Ours until nothing of it is in hand any more.
        case leaving
    }

    enum Holding { case renewed, taken, others }

    struct LaneState {
        fileprivate(set) var phase = Phase.elsewhere
        /// Up to where entries were handed out.
        fileprivate(set) var last = EntryID.zero
        /// Until when nobody else can have it, by our clock.
        fileprivate var validUntil = Instant(nanoseconds: 0)
        /// Left alone until then, because Redis complained of it.
        fileprivate var restsUntil = Instant(nanoseconds: 0)
        /// Rises whenever what is under way for the lane no longer counts.
        fileprivate(set) var tenure = 0
    }

    private let member: String
    private(set) var lanes: [LaneState]
    private var wanted: Set<Int>
    private var members: [String] = []

    init(_ member: String, lanes count: Int) {
        self.member = member
        lanes = Array(repeating: LaneState(), count: count)
        wanted = []
    }

    /// The lanes whose leases the next beat is about.
    var leases: [Int] {
        lanes.indices.filter { wanted.contains($0) || lanes[$0].phase != .elsewhere }
    }

    struct Change: Equatable {
        /// The consumer is to let them go.
        var revoked: [Int] = []
        /// What others left of them is to be claimed.
        var claiming: [Int] = []
        /// Ours, and not needed.
        var givenBack: [Int] = []
        /// Other lanes are wanted than this beat was about.
        var isUnfinished = false
    }

    /// A beat was answered. `end`: until when leases that we have are ours for sure.
    mutating func beat(_ living: [String], _ holdings: [(lane: Int, Holding)], until end: Instant) -> Change {
        var change = Change()
        if living != members {
            members = living
            let before = wanted
            wanted = share()
            change.isUnfinished = !wanted.isSubset(of: before)
        }
        for (lane, holding) in holdings {
            if holding != .others { lanes[lane].validUntil = end }
            switch (lanes[lane].phase, holding) {
            case (.elsewhere, .others), (.leaving, _): break
            case (.elsewhere, _):
                if wanted.contains(lane) { claim(lane, &change) } else { change.givenBack.append(lane) }
            case (.claiming, .others): move(lane, to: .elsewhere)
            case (.claiming, .taken): claim(lane, &change)
            // Others may have had it in between, so what is in hand is no longer ours for sure.
            case (_, .others), (_, .taken): revoke(lane, &change)
            case (_, .renewed): break
            }
        }
        for lane in lanes.indices where !wanted.contains(lane) {
            switch lanes[lane].phase {
            case .elsewhere, .leaving: break
            case .claiming:
                move(lane, to: .elsewhere)
                change.claiming.removeAll { $0 == lane }
                change.givenBack.append(lane)
            case .catchingUp, .live: revoke(lane, &change)
            }
        }
        return change
    }

    /// Time has passed without a beat that was answered.
    mutating func expire(at now: Instant) -> Change {
        var change = Change()
        for lane in lanes.indices where lanes[lane].validUntil <= now {
            switch lanes[lane].phase {
            case .elsewhere, .leaving: break
            case .claiming: move(lane, to: .elsewhere)
            case .catchingUp, .live: revoke(lane, &change)
            }
        }
        return change
    }

    /// Nothing of the lane is in hand any more. Whether its lease is to be given back; else the next beat finds that it
    /// is still ours, and it begins anew.
    mutating func released(_ lane: Int) -> Bool {
        guard lanes.indices.contains(lane), lanes[lane].phase == .leaving else { return false }
        move(lane, to: .elsewhere)
        return !wanted.contains(lane)
    }

    private mutating func claim(_ lane: Int, _ change: inout Change) {
        move(lane, to: .claiming(from: "0-0"))
        change.claiming.append(lane)
    }

    private mutating func revoke(_ lane: Int, _ change: inout Change) {
        move(lane, to: .leaving)
        change.revoked.append(lane)
    }

    private mutating func move(_ lane: Int, to phase: Phase) {
        lanes[lane].phase = phase
        lanes[lane].tenure += 1
    }

    /// Each lane is given to the living member that its name and the lane's number together speak most for, as long as
    /// none has more than its part. All members come to the same result, and one more or less moves few lanes.
    private func share() -> Set<Int> {
        guard !members.isEmpty else { return [] }
        let part = (lanes.count + members.count - 1) / members.count
        var counts: [String: Int] = [:]
        var ours: Set<Int> = []
        for lane in lanes.indices {
            let free = members.filter { counts[$0, default: 0] < part }
            guard let owner = free.max(by: { (weight($0, lane), $0) < (weight($1, lane), $1) }) else { break }
            counts[owner, default: 0] += 1
            if owner == member { ours.insert(lane) }
        }
        return ours
    }

    /// FNV's last step alone mixes too little.
    private func weight(_ member: String, _ lane: Int) -> UInt64 {
        let mixed = spread("\(member)/\(lane)".utf8) &* 0x9e37_79b9_7f4a_7c15
        return mixed ^ mixed >> 32
    }

    // MARK: Claiming and reading

    /// One page is claimed. `next` is nil when Redis could not do it.
    mutating func claimed(_ lane: Int, _ tenure: Int, next: String?, group: EntryID?, at now: Instant) {
        guard lanes[lane].tenure == tenure, case .claiming(let from) = lanes[lane].phase else { return }
        guard let next else {
            lanes[lane].restsUntil = now + .seconds(1)
            return
        }
        if let group {
            lanes[lane].phase = .catchingUp(.zero)
            lanes[lane].last = group
        } else if from != next {
            lanes[lane].phase = .claiming(from: next)
        }
    }

    /// Those for which a page is to be claimed, and from where.
    func claims(at now: Instant) -> [(lane: Int, from: String)] {
        lanes.indices.compactMap { lane in
            guard case .claiming(let from) = lanes[lane].phase, lanes[lane].restsUntil <= now else { return nil }
            return (lane, from)
        }
    }

    /// From where the lanes that may be read are to be read; nil means what is new.
    func readable(at now: Instant) -> [(lane: Int, after: EntryID?)] {
        lanes.indices.compactMap { lane in
            let state = lanes[lane]
            guard state.validUntil > now, state.restsUntil <= now else { return nil }
            switch state.phase {
            case .catchingUp(let after): return (lane, after)
            case .live: return (lane, nil)
            case .elsewhere, .claiming, .leaving: return nil
            }
        }
    }

    /// Whether Redis has complained of a lane a moment ago.
    func isResting(at now: Instant) -> Bool { lanes.contains { $0.restsUntil > now } }

    enum Page {
        /// Up to where it goes; nil when it is empty.
        case entries(upTo: EntryID?)
        /// The lease is another's.
        case lost
        /// The group is gone, or the whole lane.
        case noGroup
        case complaint
        /// Nobody knows whether Redis has delivered something.
        case unknown
    }

    /// A read was answered. False when its entries are no longer ours to hand out.
    mutating func read(_ lane: Int, _ tenure: Int, _ page: Page, at now: Instant) -> Bool {
        guard lanes[lane].tenure == tenure else { return false }
        switch (page, lanes[lane].phase) {
        case (.entries(let end?), .catchingUp):
            lanes[lane].phase = .catchingUp(end)
            lanes[lane].last = max(lanes[lane].last, end)
        case (.entries(nil), .catchingUp): lanes[lane].phase = .live
        case (.entries(let end?), .live): lanes[lane].last = max(lanes[lane].last, end)
        case (.unknown, .live): lanes[lane].phase = .catchingUp(lanes[lane].last)
        case (.noGroup, _):
            lanes[lane].phase = .claiming(from: "0-0")
            lanes[lane].restsUntil = now
        case (.complaint, _): lanes[lane].restsUntil = now + .seconds(1)
        // The next beat will tell.
        case (.lost, _): lanes[lane].validUntil = now
        default: break
        }
        return true
    }
}
