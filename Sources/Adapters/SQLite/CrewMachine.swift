package import TradewindReactor

/// Decides which of a crew's members does what next. Pure: it is told what happened and says what to do.
///
/// Work waits in one line. A member that is free takes from its front: a group of works, or a lease, by which it
/// serves one transaction and nobody else until that ends. A lease ends a group, so nobody is overtaken.
package struct CrewMachine<Work: Equatable> {
    package enum Step: Equatable {
        case group([Work])
        /// The first work of a lease. Tell `endLease` if it fails.
        case lease(Work)
        /// A further one.
        case leased(Work)
        /// Until called. While a lease lasts others may wait in vain: look now and then for those whose time is over.
        case rest(isLeased: Bool)
        case stop
    }

    package enum Admission: Equatable {
        /// Too many wait.
        case refused
        case closed
        /// Somebody will come for it.
        case queued
        case call(Int)
        /// The member has no thread yet.
        case start(Int)
    }

    private struct Waiting {
        let work: Work, wantsLease: Bool, deadline: Instant
    }

    private enum Post: Equatable {
        case absent, resting, busy
        case leased(inbox: [Work])
    }

    private let waitingLimit: Int, groupLimit: Int
    private var posts: [Post]
    private var line: [Waiting] = []
    private var isStopping = false

    package init(members: Int, waitingLimit: Int, groupLimit: Int) {
        (self.waitingLimit, self.groupLimit) = (waitingLimit, groupLimit)
        posts = Array(repeating: .absent, count: members)
    }

    package var waitingCount: Int { line.count }
    package var restingCount: Int { posts.count { $0 == .resting } }
    /// Members that have a thread.
    package var present: Int { posts.count { $0 != .absent } }

    package mutating func submit(_ work: Work, wantsLease: Bool, deadline: Instant) -> Admission {
        if isStopping { return .closed }
        guard line.count < waitingLimit else { return .refused }
        line.append(Waiting(work: work, wantsLease: wantsLease, deadline: deadline))
        // The one that rested last has the warmest cache.
        if let member = posts.lastIndex(of: .resting) {
            posts[member] = .busy
            return .call(member)
        }
        if let member = posts.firstIndex(of: .absent) {
            posts[member] = .busy
            return .start(member)
        }
        return .queued
    }

    /// False when the member has no lease any more.
    package mutating func submit(_ work: Work, toLeased member: Int) -> Bool {
        guard posts.indices ~= member, case .leased(var inbox) = posts[member] else { return false }
        inbox.append(work)
        posts[member] = .leased(inbox: inbox)
        return true
    }

    /// What the member does next, which has finished what it did.
    package mutating func next(_ member: Int) -> Step {
        if case .leased(let inbox) = posts[member] {
            guard let work = inbox.first else { return .rest(isLeased: true) }
            posts[member] = .leased(inbox: Array(inbox.dropFirst()))
            return .leased(work)
        }
        guard let first = line.first else {
            if isStopping { return .stop }
            posts[member] = .resting
            return .rest(isLeased: false)
        }
        if first.wantsLease {
            line.removeFirst()
            posts[member] = .leased(inbox: [])
            return .lease(first.work)
        }
        let group = line.prefix(groupLimit).prefix { !$0.wantsLease }.map(\.work)
        line.removeFirst(group.count)
        posts[member] = .busy
        return .group(group)
    }

    /// Returns what was still asked of the lease.
    package mutating func endLease(_ member: Int) -> [Work] {
        guard case .leased(let inbox) = posts[member] else { return [] }
        posts[member] = .busy
        return inbox
    }

    /// Waits no longer. False when it was begun already.
    package mutating func leave(_ work: Work) -> Bool {
        if let place = line.firstIndex(where: { $0.work == work }) {
            line.remove(at: place)
            return true
        }
        for (member, post) in posts.enumerated() {
            guard case .leased(let inbox) = post, inbox.contains(work) else { continue }
            posts[member] = .leased(inbox: inbox.filter { $0 != work })
            return true
        }
        return false
    }

    /// Those that have waited too long. All wait equally long, so they stand in front.
    package mutating func expired(at now: Instant) -> [Work] {
        let late = line.prefix { $0.deadline <= now }.map(\.work)
        line.removeFirst(late.count)
        return late
    }

    /// Takes nothing any more. Who waits is returned and told, leases end as they like; members that rest are called.
    package mutating func stop() -> (waiting: [Work], resting: [Int]) {
        isStopping = true
        defer { line = [] }
        return (line.map(\.work), posts.indices.filter { posts[$0] == .resting })
    }

    /// The member's thread ends. True when it was the last.
    package mutating func left(_ member: Int) -> Bool {
        posts[member] = .absent
        return present == 0
    }
}
