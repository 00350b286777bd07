internal import TradewindDomain
internal import TradewindMessaging

/// Who of a group has which lanes, and how far each has come.
///
/// Safety: it needs no `Sendable`: the broker and its members hold it, and the simulation has one thread.
final class SimulatedGroup {
    private struct Share {
        let lane: Lane
        var owner: SimulatedMember?
        /// Behind the last that was delivered, and behind all that are settled.
        var next = 0, settled = 0
        /// Settled, though not all before them are.
        var ahead: Set<Int> = []
        var isWanted = false, isAskedBack = false
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
        take(from: member)
        rebalance()
    }

    /// Taken for dead: its lanes go to others, or come to it anew, while it may still be at work on them.
    func expel(_ member: SimulatedMember) {
        member.life.note("is taken for dead")
        take(from: member)
        rebalance()
    }

    private func take(from member: SimulatedMember) {
        for index in shares.indices where shares[index].owner === member { free(index) }
    }

    private func free(_ index: Int) {
        shares[index].owner = nil
        (shares[index].isWanted, shares[index].isAskedBack) = (false, false)
        (shares[index].next, shares[index].ahead) = (shares[index].settled, [])
    }

    /// Spreads the lanes. Who has one that another is to have is asked to give it back.
    ///
    /// - Parameter turning: so that all move; of one who is alone, that it has them again.
    func rebalance(turning: Bool = false) {
        if turning { turn += 1 }
        for index in shares.indices where !members.isEmpty && !shares[index].isAskedBack {
            let member = members[(index + turn) % members.count]
            if shares[index].owner == nil {
                shares[index].owner = member
            } else {
                shares[index].isWanted = shares[index].owner !== member || turning && members.count == 1
            }
        }
        for member in members { member.bell.ring() }
    }

    func release(_ lanes: [Lane], by member: SimulatedMember) {
        for index in shares.indices where shares[index].owner === member && lanes.contains(shares[index].lane) {
            if shares[index].isAskedBack { free(index) }
        }
        rebalance()
    }

    func next(for member: SimulatedMember, of broker: SimulatedBroker) -> SourceEvent? {
        var revoked: [Lane] = []
        var deliveries: [Delivery] = []
        for index in shares.indices where shares[index].owner === member {
            if shares[index].isWanted {
                if !shares[index].isAskedBack { revoked.append(shares[index].lane) }
                shares[index].isAskedBack = true
            } else if !member.isHeld {
                deliveries += deliver(index, broker, most: member.life.simulation.roll(1...8))
            }
        }
        if !revoked.isEmpty {
            // What came with it has not left: it is fetched the next time.
            for delivery in deliveries { putBack(delivery) }
            return .revoked(revoked)
        }
        return deliveries.isEmpty ? nil : .deliveries(deliveries)
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

    private func putBack(_ delivery: Delivery) {
        guard let index = shares.firstIndex(where: { $0.lane == delivery.place.lane }) else { return }
        shares[index].next = min(shares[index].next, Int(delivery.place.position))
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
