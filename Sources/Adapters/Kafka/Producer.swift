internal import CRdkafka
internal import Glibc
internal import TradewindDomain
internal import TradewindLocks
internal import TradewindMessaging
internal import TradewindReactor

/// One producer of librdkafka. Its delivery reports come to a loop, which answers those who wait.
///
/// What is not acknowledged while the broker is silent is taken back, so that the caller has an answer in time. It may
/// have arrived all the same. The producer stays, and with it its id at the broker: it counts its epoch up, and with
/// the first message of the new one the broker refuses whatever of the old comes late (docs/decisions/0064).
///
/// Safety: `@unchecked Sendable` because what is not behind the lock is touched on the loop only.
@safe final class Producer: @unchecked Sendable {
    private struct State {
        var ledger = Ledger()
        /// When the calls that are under way began.
        var begun: [UInt32: Instant] = [:]
        /// Callers for whom librdkafka's queue had no room.
        var crowd: [CheckedContinuation<Void, Never>] = []
        var isWatched = false
        var isClosed = false
    }

    let client: Client
    private let queue: EventQueue
    private let loop: EventLoop
    private let workers: WorkerPool
    private let silence: Duration
    private let state = Lock(State())
    private let onFatal: @Sendable (Producer) -> Void
    /// Since when the broker has said nothing although it should.
    private var quiet = Instant.distantFuture
    /// When something last went wrong.
    private var troubled = Instant(nanoseconds: 0)
    private var deadline: Deadline?
    /// When what is still under way is given up.
    private var end = Instant.distantFuture
    private var closers: [CheckedContinuation<Void, Never>] = []

    /// - Parameter onFatal: told when it cannot go on and another must.
    init(
        on loop: EventLoop, workers: WorkerPool, _ settings: KafkaSettings,
        onFatal: @escaping @Sendable (Producer) -> Void
    ) throws(BrokerFailure) {
        (self.loop, self.workers, self.onFatal, silence) = (loop, workers, onFatal, settings.silence)
        let descriptor = try EventQueue.descriptor()
        client = try Client(.producer, settings.ofProducers)
        queue = unsafe EventQueue(rd_kafka_queue_get_main(client.raw), descriptor, on: loop)
        loop.execute { [self] in
            deadline = loop.deadline { [weak self] in self?.look() }
            do { try queue.announce { [weak self] in self?.drain() } } catch {
                client.note(Trouble(RD_KAFKA_RESP_ERR__FAIL, "\(error)"))
            }
        }
    }

    // MARK: Sending

    /// - Parameter asTombstones: without their bodies, so that compacted topics forget their keys.
    func publish(_ events: [Envelope], asTombstones: Bool = false) async -> [PublishResult] {
        let call = state.withLock { state in
            let call = state.ledger.begin(events.count)
            state.begun[call] = .now()
            return call
        }
        defer { state.withLock { $0.begun[call] = nil } }
        var refused: Set<Line> = []
        for (index, event) in events.enumerated() {
            let ticket = Ledger.Ticket(call: call, index: index)
            if !refused.isEmpty, refused.contains(Line(event)) {
                answer([(ticket, .refused("an event of its key before it was refused"))], wereSent: false)
            } else if let failure = await send(event, ticket, isTombstone: asTombstones) {
                if case .refused = failure, !event.key.isEmpty { refused.insert(Line(event)) }
                answer([(ticket, failure)], wereSent: false)
            }
        }
        return await withCheckedContinuation { caller in
            if let results = state.withLock({ $0.ledger.wait(call, caller) }) { caller.resume(returning: results) }
        }
    }

    /// Nil when it is on its way. Waits while librdkafka has no room.
    private func send(_ event: Envelope, _ ticket: Ledger.Ticket, isTombstone: Bool) async -> PublishResult? {
        // What follows on one that was lost must not arrive, or it would overtake it.
        while begin(ticket.call) {
            guard let trouble = hand(event, ticket, isTombstone) else { return nil }
            state.withLock { $0.ledger.notSent() }
            guard trouble.code == RD_KAFKA_RESP_ERR__QUEUE_FULL else { return result(of: trouble) }
            await room()
        }
        return result(of: Trouble(RD_KAFKA_RESP_ERR__TIMED_OUT))
    }

    /// Silence says nothing about the event, whatever may be its reason.
    private func result(of trouble: Trouble) -> PublishResult {
        let words = client.explain(trouble).description
        return trouble.isRefusal ? .refused(words) : .unavailable(words)
    }

    private func hand(_ event: Envelope, _ ticket: Ledger.Ticket, _ isTombstone: Bool) -> Trouble? {
        guard let topic = client.topic(event.topic) else { return Trouble(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION) }
        return Message.send(
            key: event.key, body: isTombstone ? nil : event.body, headers: event.headers, to: topic, by: client,
            opaque: ticket.bits)
    }

    private struct Line: Hashable {
        let topic: EventName, key: String
        init(_ event: Envelope) { (topic, key) = (event.topic, event.key) }
    }

    private func begin(_ call: UInt32) -> Bool {
        let (mayGo, mustWatch) = state.withLock { state in
            if state.isClosed || state.ledger.isLost(call) { return (false, false) }
            state.ledger.sent()
            defer { state.isWatched = true }
            return (true, !state.isWatched)
        }
        if mustWatch {
            loop.execute { [self] in
                quiet = loop.now
                look()
            }
        }
        return mayGo
    }

    private func room() async {
        await withCheckedContinuation { caller in
            let isEmpty = state.withLock { state in
                if state.ledger.outstanding > 0 { state.crowd.append(caller) }
                return state.ledger.outstanding == 0
            }
            if isEmpty { caller.resume() }
        }
    }

    // MARK: Answers, on the loop

    private func drain() {
        while let event = queue.next() {
            switch event.type {
            case RD_KAFKA_EVENT_DR: delivered(event)
            case RD_KAFKA_EVENT_ERROR: failed(event)
            case RD_KAFKA_EVENT_STATS: client.told(event)
            default: break
            }
        }
    }

    private func delivered(_ event: Event) {
        quiet = loop.now
        var answers: [(Ledger.Ticket, PublishResult)] = []
        var isWell = false
        unsafe event.forEachMessage { message in
            let ticket = unsafe Ledger.Ticket(bits: UInt(bitPattern: message._private))
            guard unsafe message.err != RD_KAFKA_RESP_ERR_NO_ERROR else {
                isWell = true
                return answers.append((ticket, .acknowledged))
            }
            answers.append((ticket, result(of: Trouble(unsafe message.err))))
        }
        if isWell { client.isWell() }
        answer(answers, wereSent: true)
    }

    private func answer(_ answers: [(Ledger.Ticket, PublishResult)], wereSent: Bool) {
        let (told, crowd) = state.withLock { state in
            var told: [(Ledger.Answer, [PublishResult])] = []
            for (ticket, result) in answers {
                if wereSent { state.ledger.notSent() }
                if let last = state.ledger.settle(ticket, result) { told.append(last) }
            }
            defer { state.crowd = [] }
            return (told, state.crowd)
        }
        for (caller, results) in told { caller.resume(returning: results) }
        for caller in crowd { caller.resume() }
    }

    private func failed(_ event: Event) {
        troubled = loop.now
        guard event.code == RD_KAFKA_RESP_ERR__FATAL else { return client.note(event.trouble) }
        // Its numbers and the broker's do not agree any more. Nothing leaves it from here on.
        client.note(event.trouble)
        if isClosed { return }
        onFatal(self)
        close(within: .zero)
    }

    // MARK: The watch

    /// How long after a fault calls have a limit as a whole; in health a long one may take as long as it moves on.
    private static let recovery = Duration.seconds(10)

    private func look() {
        let (outstanding, oldest) = state.withLock { state in
            if state.ledger.outstanding == 0 { state.isWatched = false }
            return (state.ledger.outstanding, state.begun.values.min() ?? .distantFuture)
        }
        if isClosed, outstanding == 0 { return finish() }
        guard outstanding > 0, let deadline else { return }
        // A broker that comes back takes some and is silent again. That starts no new time for who waits already.
        let isLate = troubled + Self.recovery > loop.now && oldest + silence + .milliseconds(200) <= loop.now
        if quiet + silence <= loop.now || isLate || end <= loop.now { takeBack() }
        loop.set(deadline, to: loop.now + .milliseconds(isClosed ? 5 : 50))
    }

    /// Their reports come at once.
    private func takeBack() {
        (quiet, troubled) = (loop.now, loop.now)
        let all = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING
        unsafe rd_kafka_purge(client.raw, all)
    }

    // MARK: The end

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes no more; what is under way has so long to arrive.
    func close(within limit: Duration) async {
        await withCheckedContinuation { caller in
            loop.execute { [self] in
                closers.append(caller)
                close(within: limit)
            }
        }
    }

    /// Ends it by itself.
    func abandon() { loop.execute { [self] in close(within: .zero) } }

    private func close(within limit: Duration) {
        state.withLock { $0.isClosed = true }
        end = min(end, loop.now + limit)
        look()
    }

    /// librdkafka's own threads may take a while to end; nobody waits long for them.
    private func finish() {
        guard end != .distantFuture else { return }
        end = .distantFuture
        queue.close()
        let done: @Sendable () -> Void = { [self] in
            loop.execute { [self] in
                for closer in closers { closer.resume() }
                closers = []
            }
        }
        let patience = loop.deadline(done)
        loop.set(patience, to: loop.now + .milliseconds(500))
        if !workers.submit({ [client] in
            client.end()
            done()
        }) {
            done()
        }
    }
}
