internal import CRdkafka
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindReactor

/// A membership in a group, on one loop. librdkafka fetches ahead into a queue that is looked at only when somebody
/// asks; that it is full is the back-pressure. Rebalances come through another one, which is always looked at.
///
/// Safety: `@unchecked Sendable` because all of it is touched on the loop only; what comes from elsewhere is executed
/// there.
@safe final class Membership: MessageSource, @unchecked Sendable {
    let group: String
    let client: Client
    let loop: EventLoop
    let settings: KafkaSettings
    let workers: WorkerPool
    let control: EventQueue
    let messages: EventQueue
    private let letters: DeadLetterBox

    /// Those we have.
    var lanes: [Lane: LaneLedger] = [:]
    var revocation: Revocation?
    /// Announced as revoked, and not released yet. One that comes back before that is not read from.
    var owed: Set<Lane> = []
    /// To be told before any message.
    var news: [SourceEvent] = []
    private var asking: Asking?
    private var isHeld = false
    /// Commits under way, by their numbers.
    var commits: [Int: [Lane]] = [:]
    var lastCommit = 0
    var isCommitDue = false
    var pulse: Deadline?
    var nextBeat = Instant.distantFuture
    var leaving: Leaving?
    var isOver = false
    /// librdkafka has given this member up for good: the group has another one of its name.
    var isFenced = false
    let onOver: @Sendable (Membership) -> Void

    init(
        _ group: String, of topics: [EventName], on loop: EventLoop, workers: WorkerPool, _ settings: KafkaSettings,
        _ letters: DeadLetterBox, onOver: @escaping @Sendable (Membership) -> Void
    ) throws(BrokerFailure) {
        (self.loop, self.workers, self.settings, self.letters) = (loop, workers, settings, letters)
        (self.group, self.onOver) = (group, onOver)
        let first = try EventQueue.descriptor()
        let second = try EventQueue.descriptor()
        client = try Client(.consumer, settings.ofMembers(of: group))
        unsafe rd_kafka_poll_set_consumer(client.raw)
        control = unsafe EventQueue(rd_kafka_queue_get_consumer(client.raw), first, on: loop)
        messages = unsafe EventQueue(rd_kafka_queue_new(client.raw), second, on: loop)
        let code = unsafe Partitions(topics).use { unsafe rd_kafka_subscribe(client.raw, $0) }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { client.note(Trouble(code)) }
        loop.execute { [self] in begin() }
    }

    private func begin() {
        pulse = loop.deadline { [weak self] in self?.beat() }
        do {
            try control.announce { [weak self] in self?.listen() }
            try messages.announce { [weak self] in self?.hand() }
        } catch {
            client.note(Trouble(RD_KAFKA_RESP_ERR__FAIL, "\(error)"))
        }
        beat()
    }

    // MARK: The port

    func settle(_ places: [Place]) {
        loop.execute { [self] in
            for place in places { lanes[place.lane]?.settle(Int64(truncatingIfNeeded: place.position)) }
            commitSoon()
        }
    }

    func bury(_ letter: DeadLetter) async throws(BrokerFailure) {
        try await letters.put(letter)
        settle([letter.id.place])
    }

    func release(_ lanes: [Lane]) { loop.execute { [self] in released(lanes) } }

    func close() async {
        await withCheckedContinuation { caller in
            loop.execute { [self] in leave(caller) }
        }
    }

    func hold(_ isHeld: Bool) {
        loop.execute { [self] in
            self.isHeld = isHeld
            hand()
        }
    }

    func next() async -> SourceEvent {
        let asking = Asking()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                loop.execute { [self] in
                    asking.caller = caller
                    if asking.isCancelled { return asking.answer(.closed) }
                    self.asking = asking
                    hand()
                }
            }
        } onCancel: {
            loop.execute {
                asking.isCancelled = true
                asking.answer(.closed)
            }
        }
    }

    /// Safety: touched on the loop only.
    private final class Asking: @unchecked Sendable {
        var caller: CheckedContinuation<SourceEvent, Never>?
        var isCancelled = false

        func answer(_ event: SourceEvent) {
            let caller = caller
            self.caller = nil
            caller?.resume(returning: event)
        }
    }

    // MARK: Messages

    /// Gives whoever asks what there is.
    func hand() {
        guard let asking, asking.caller != nil else { return }
        if leaving != nil { return asking.answer(.closed) }
        if !news.isEmpty { return asking.answer(news.removeFirst()) }
        let deliveries = isHeld ? [] : fetched()
        if !deliveries.isEmpty { asking.answer(.deliveries(deliveries)) }
    }

    private func fetched() -> [Delivery] {
        var deliveries: [Delivery] = []
        unsafe withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<rd_kafka_message_t>?.self, capacity: 256) {
            found in
            repeat {
                let count = unsafe rd_kafka_consume_batch_queue(messages.raw, 0, found.baseAddress, found.count)
                guard count > 0 else { return }
                for index in 0..<count {
                    guard let message = unsafe found[index] else { continue }
                    if let delivery = unsafe delivery(message) { deliveries.append(delivery) }
                    unsafe rd_kafka_message_destroy(message)
                }
            } while deliveries.isEmpty
        }
        return deliveries
    }

    /// Nil for what is none of ours any more, or was told before.
    private func delivery(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Delivery? {
        guard let delivery = unsafe Delivery(message) else {
            unsafe client.note(Trouble(message.pointee.err))
            return nil
        }
        let lane = delivery.place.lane
        // Of a lane that goes nothing is told any more: what is left out once must not be stepped over.
        guard !owed.contains(lane), revocation?.lanes.contains(lane) != true else { return nil }
        return lanes[lane]?.delivered(Int64(truncatingIfNeeded: delivery.place.position)) == true ? delivery : nil
    }
}
