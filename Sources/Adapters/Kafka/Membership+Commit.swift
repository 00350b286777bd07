internal import CRdkafka
internal import TradewindMessaging
internal import TradewindReactor

extension Membership {
    /// A commit takes with it what is settled within this time.
    private static let pace = Duration.milliseconds(200)

    func commitSoon() {
        guard !isCommitDue else { return }
        isCommitDue = true
        beatBy(loop.now + Self.pace)
    }

    /// The number of the commit; nil when there is nothing to tell.
    func commit(_ wanted: some Sequence<Lane>) -> Int? {
        var offsets: [(Lane, Int64)] = []
        for lane in wanted {
            guard let offset = lanes[lane]?.uncommitted else { continue }
            offsets.append((lane, offset))
            lanes[lane]?.commit()
        }
        guard !offsets.isEmpty else { return nil }
        lastCommit += 1
        commits[lastCommit] = offsets.map(\.0)
        let number = unsafe UnsafeMutableRawPointer(bitPattern: lastCommit)
        let code = unsafe Partitions(offsets).use {
            unsafe rd_kafka_commit_queue(client.raw, $0, control.raw, nil, number)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            finished(lastCommit, Trouble(code))
            return nil
        }
        return lastCommit
    }

    func committed(_ event: Event) {
        let trouble = event.code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : event.trouble
        finished(event.number, trouble)
        guard revocation?.commit == event.number else { return }
        revocation?.commit = nil
        if trouble == nil { unassign() } else { beatBy(loop.now + .milliseconds(50)) }
    }

    /// What was not taken is told again with the next.
    private func finished(_ number: Int, _ trouble: Trouble?) {
        guard let told = commits.removeValue(forKey: number), let trouble else { return }
        client.note(trouble)
        for lane in told { lanes[lane]?.failed() }
        commitSoon()
    }

    // MARK: What time does

    func beatBy(_ instant: Instant) {
        guard let pulse else { return }
        nextBeat = min(nextBeat, instant)
        loop.set(pulse, to: nextBeat)
    }

    /// Once a second at least, for librdkafka takes a member that does not look at its queue for dead.
    func beat() {
        if isOver { return }
        nextBeat = .distantFuture
        listen()
        if leaving != nil { return leaveFurther() }
        lookForEnd()
        if isCommitDue, !client.joining.isUnderWay {
            isCommitDue = false
            _ = commit(Array(lanes.keys))
        }
        if let revocation, revocation.commit == nil || revocation.deadline <= loop.now { giveBackFurther(revocation) }
        beatBy(loop.now + .seconds(1))
    }

    // MARK: The end

    struct Leaving {
        var callers: [CheckedContinuation<Void, Never>]
        let begun: Instant
        var hasCommitted = false, hasUnsubscribed = false, hasLeft = false
    }

    func leave(_ caller: CheckedContinuation<Void, Never>) {
        if isOver { return caller.resume() }
        if leaving != nil {
            leaving?.callers.append(caller)
            return
        }
        leaving = Leaving(callers: [caller], begun: loop.now)
        hand()
        leaveFurther()
    }

    /// First the last commit, then the good-bye, neither longer than somebody who stops can wait.
    private func leaveFurther() {
        guard let begun = leaving?.begun, !isOver else { return }
        let isLate = begun + .milliseconds(600) <= loop.now
        if leaving?.hasCommitted == false, !client.joining.isUnderWay || isLate {
            leaving?.hasCommitted = true
            _ = commit(Array(lanes.keys))
            if revocation != nil { unassign() }
        }
        if leaving?.hasCommitted == true, leaving?.hasUnsubscribed == false, commits.isEmpty || isLate {
            leaving?.hasUnsubscribed = true
            // Members with a name say no good-bye when they close, because they may be back soon.
            if settings.member == nil { _ = unsafe rd_kafka_unsubscribe(client.raw) }
        }
        let saidGoodBye = settings.member != nil || client.joining.hasLeft
        if leaving?.hasUnsubscribed == true, leaving?.hasLeft == false, saidGoodBye || isLate {
            leaving?.hasLeft = true
            _ = unsafe Trouble(rd_kafka_consumer_close_queue(client.raw, control.raw))
        }
        let isClosed = unsafe leaving?.hasLeft == true && rd_kafka_consumer_closed(client.raw) != 0
        if isClosed || begun + .milliseconds(1_400) <= loop.now { return finish() }
        beatBy(loop.now + .milliseconds(5))
    }

    private func finish() {
        isOver = true
        control.close()
        messages.close()
        _ = workers.submit { [client] in client.end() }
        onOver(self)
        for caller in leaving?.callers ?? [] { caller.resume() }
        leaving?.callers = []
    }
}
