internal import TradewindDomain
internal import TradewindMessaging

/// Who of a group has which lanes, and how far each has come.
///
/// It needs no `Sendable`: the broker and its members hold it, and the simulation has one thread.
final class SimulatedGroup {
    private struct Share {
        let lane: Lane
        var owner: SimulatedMember?
        /// Behind the last that was delivered, and behind all that are settled.
        var next = 0, settled = 0
        /// Settled, though not all before them are.
        var ahead: Set<Int> = []
    }

    private var shares: [Share]
    private var members: [SimulatedMember] = []
    private var turn = 0

    init(_ lanes: [Lane]) { shares = lanes.map { Share(lane: $0) } }

    func join(_ member: SimulatedMember) {
        members.append(member)
        rebalance()
    }

    /// What it had and has not settled is delivered again.
    func leave(_ member: SimulatedMember) {
        guard members.contains(where: { $0 === member }) else { return }
        members.removeAll { $0 === member }
        for index in shares.indices where shares[index].owner === member { free(index) }
        rebalance()
    }

    /// Taken for dead: its lanes go to others at once, though it may still be at work on them.
    func expel(_ member: SimulatedMember) {
        member.life.note("is taken for dead")
        for index in shares.indices where shares[index].owner === member {
            member.mustGiveBack(shares[index].lane)
            free(index)
        }
        rebalance()
    }

    private func free(_ index: Int) {
        shares[index].owner = nil
        (shares[index].next, shares[index].ahead) = (shares[index].settled, [])
    }

    /// Spreads the lanes. Who has one that another is to have is asked to give it back, and keeps it until then.
    ///
    /// - Parameter turning: so that all move; of one who is alone, that it has them again.
    func rebalance(turning: Bool = false) {
        if turning { turn += 1 }
        for index in shares.indices where !members.isEmpty {
            let lane = shares[index].lane
            let member = members[(index + turn) % members.count]
            if let owner = shares[index].owner {
                // Not for one who cannot have it yet, or it would go to and fro without end.
                let mayMove = owner === member ? turning && members.count == 1 : !member.owes(lane)
                if mayMove { owner.mustGiveBack(lane) }
            } else if let free = [member, members[0], members[members.count - 1]].first(where: { !$0.owes(lane) }) {
                shares[index].owner = free
            }
        }
        for member in members { member.bell.ring() }
    }

    /// The member has nothing of these lanes in hand any more.
    func release(_ lanes: [Lane], by member: SimulatedMember) {
        for index in shares.indices where shares[index].owner === member && lanes.contains(shares[index].lane) {
            free(index)
        }
        rebalance()
    }

    func deliveries(for member: SimulatedMember, of broker: SimulatedBroker) -> [Delivery] {
        shares.indices.filter { shares[$0].owner === member && !member.owes(shares[$0].lane) }.flatMap {
            deliver($0, broker, most: member.life.simulation.roll(1...8))
        }
    }

    private func deliver(_ index: Int, _ broker: SimulatedBroker, most: Int) -> [Delivery] {
        let lane = shares[index].lane
        let messages = broker.lanes[lane] ?? []
        let positions = shares[index].next..<min(messages.count, shares[index].next + most)
        shares[index].next = positions.upperBound
        return positions.map { position in
            let message = messages[position]
            return Delivery(
                place: Place(lane, UInt128(position)), topic: message.topic, key: message.key, body: message.body,
                headers: message.headers)
        }
    }

    /// Heard from whoever has the lane, as with Kafka's generations.
    func settle(_ places: [Place], by member: SimulatedMember) {
        for place in places {
            guard let index = shares.firstIndex(where: { $0.lane == place.lane && $0.owner === member }) else {
                continue
            }
            let position = Int(place.position)
            guard position >= shares[index].settled, position < shares[index].next else { continue }
            shares[index].ahead.insert(position)
            while shares[index].ahead.remove(shares[index].settled) != nil { shares[index].settled += 1 }
        }
    }

    func ring(_ lane: Lane) { shares.first { $0.lane == lane }?.owner?.bell.ring() }

    func backlog(_ broker: SimulatedBroker) -> [EventName: Int] {
        shares.reduce(into: [:]) { counts, share in
            counts[share.lane.topic, default: 0] += (broker.lanes[share.lane]?.count ?? 0) - share.settled
        }
    }
}
