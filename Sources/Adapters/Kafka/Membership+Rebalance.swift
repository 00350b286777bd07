internal import CRdkafka
internal import TradewindMessaging
internal import TradewindReactor

extension Membership {
    /// The group wants these lanes back. Over when they are.
    struct Revocation {
        let partitions: Partitions, lanes: Set<Lane>
        /// Of which something is in hand.
        var awaited: Set<Lane>
        var deadline: Instant
        /// All of them are, or nobody waits any longer.
        var isReleased = false
        /// The number of the commit that has to come before.
        var commit: Int?
    }

    func listen() {
        while let event = control.next() {
            switch event.type {
            case RD_KAFKA_EVENT_REBALANCE:
                client.joining.ends()
                guard let partitions = event.partitions else { continue }
                if event.code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS { assign(partitions) } else { revoke(partitions) }
            case RD_KAFKA_EVENT_OFFSET_COMMIT: committed(event)
            case RD_KAFKA_EVENT_ERROR: client.note(event.trouble)
            case RD_KAFKA_EVENT_STATS: client.told(event)
            default: break
            }
        }
    }

    /// librdkafka tells nobody that it has given up for good: it answers each commit with that, and fetches nothing.
    func lookForEnd() {
        let code = unsafe rd_kafka_fatal_error(client.raw, nil, 0)
        guard !isFenced, code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        isFenced = true
        let trouble = Trouble(code)
        client.note(trouble)
        news = [.lost(trouble.words)]
        hand()
    }

    private func assign(_ partitions: Partitions) {
        if isCommitDue { beatBy(loop.now) }
        for lane in partitions.lanes {
            lanes[lane] = LaneLedger()
            // Else its messages would come between the rebalances.
            guard
                let own = unsafe rd_kafka_queue_get_partition(
                    client.raw, lane.topic.description, Int32(clamping: lane.number))
            else { continue }
            unsafe rd_kafka_queue_forward(own, messages.raw)
            unsafe rd_kafka_queue_destroy(own)
        }
        let trouble = unsafe partitions.use { unsafe Trouble(rd_kafka_incremental_assign(client.raw, $0)) }
        if let trouble { client.note(trouble) }
        hand()
    }

    private func revoke(_ partitions: Partitions) {
        let wanted = Set(partitions.lanes)
        let isLost = unsafe rd_kafka_assignment_lost(client.raw) != 0
        let mayWait = !isLost && leaving == nil
        let busy = wanted.filter { mayWait && lanes[$0].map { $0.inHand > 0 } ?? false }
        revocation = Revocation(
            partitions: partitions, lanes: wanted, awaited: busy, deadline: loop.now + settings.releaseTimeout)
        if leaving == nil, !wanted.isEmpty {
            owed.formUnion(wanted)
            news.append(.revoked(wanted.sorted { "\($0)" < "\($1)" }))
            hand()
        }
        if isLost { unassign() } else if busy.isEmpty { giveBack() } else { beatBy(loop.now + settings.releaseTimeout) }
    }

    func released(_ released: [Lane]) {
        if isOver { return }
        for lane in released where owed.remove(lane) != nil {
            if revocation?.lanes.contains(lane) == true {
                revocation?.awaited.remove(lane)
            } else if lanes[lane] != nil {
                startAgain(lane)
            }
        }
        if let revocation, revocation.awaited.isEmpty, !revocation.isReleased { giveBack() }
    }

    /// It had gone and come back while the consumer still held something of it. What was not settled comes again.
    private func startAgain(_ lane: Lane) {
        let list = Partitions([(lane, Partitions.none)])
        drop(list)
        assign(list)
    }

    /// What is settled has to be known before another member begins.
    func giveBack() {
        guard let lanes = revocation?.lanes else { return }
        if revocation?.isReleased == false {
            revocation?.isReleased = true
            revocation?.deadline = loop.now + .seconds(2)
        }
        guard let number = commit(lanes) else { return unassign() }
        revocation?.commit = number
        beatBy(loop.now + .seconds(2))
    }

    /// Time has passed: a commit has failed or takes too long, or the consumer does not release.
    func giveBackFurther(_ current: Revocation) {
        let isOverdue = current.deadline <= loop.now
        if current.isReleased, isOverdue { unassign() } else if current.isReleased || isOverdue { giveBack() }
    }

    func unassign() {
        guard let given = revocation else { return }
        revocation = nil
        for lane in given.lanes { lanes[lane] = nil }
        client.joining.isExpected()
        drop(given.partitions)
    }

    private func drop(_ partitions: Partitions) {
        let trouble = unsafe partitions.use { unsafe Trouble(rd_kafka_incremental_unassign(client.raw, $0)) }
        if let trouble { client.note(trouble) }
    }
}
