internal import Synchronization
package import TradewindDomain
internal import TradewindLocks

/// Handles the messages of a group: joins it, calls the handlers, settles what they have done. Each message takes
/// effect at least once; an inbox makes that exactly once.
package final class Consumer: Sendable {
    package struct Settings: Sendable {
        /// Handlers at a time.
        package var concurrency = 64
        /// Messages in hand at most: fetched and not settled.
        package var held = 1_000
        package var retry = RetryPolicy()
        /// How long a handler may take. Then it is cancelled, which counts as a failure. One that does not listen
        /// keeps its key until it returns; the others go on.
        package var timeout = Duration.seconds(30)
        package init() {}
    }

    private struct Handling {
        let task: Task<Void, Never>
        var isOverdue = false
    }

    package let group: String
    private let broker: any Broker
    private let subscriptions: [EventName: Subscription]
    private let settings: Settings
    private let clockwork: Clockwork
    private let executors: [any TaskExecutor]
    private let observer: ConsumerObserver
    private let events: AsyncStream<ConsumerMachine.Event>
    private let post: AsyncStream<ConsumerMachine.Event>.Continuation
    private let tasks = Lock<[Place: Handling]>([:])
    private let journal: Lock<ConsumerStatus>
    /// The membership that just ended was not ended by us.
    private let isLost = Atomic(false)

    /// - Parameters:
    ///   - subscriptions: one a topic.
    ///   - executors: the loops that handlers run on; those of one key always on the same.
    package init(
        _ group: String, on broker: any Broker, _ subscriptions: [Subscription], settings: Settings = Settings(),
        clockwork: Clockwork, executors: [any TaskExecutor] = [], observer: ConsumerObserver = ConsumerObserver()
    ) {
        (self.group, self.broker, self.settings, self.clockwork) = (group, broker, settings, clockwork)
        (self.executors, self.observer) = (executors, observer)
        self.subscriptions = Dictionary(subscriptions.map { ($0.topic, $0) }) { _, last in last }
        (events, post) = AsyncStream.makeStream()
        journal = Lock(ConsumerStatus(topics: subscriptions.map(\.topic)))
    }

    package var topics: [EventName] { subscriptions.keys.sorted { $0.description < $1.description } }
    package var status: ConsumerStatus { journal.withLock(\.self) }

    /// Takes no more messages until `resume`; what is in hand is finished.
    package func pause() {
        journal.withLock { $0.isPaused = true }
        post.yield(.pause)
    }

    package func resume() {
        journal.withLock { $0.isPaused = false }
        post.yield(.resume)
    }

    /// Lets `run` finish what is in hand and return.
    package func stop() { post.yield(.stop) }

    /// Until `stop`, or until the task is cancelled, which also cancels the handlers.
    ///
    /// - Parameter joined: called when the group has been joined.
    package func run(joined: @Sendable () -> Void = {}) async {
        await withTaskCancellationHandler {
            repeat {
                guard let source = await join() else { return }
                joined()
                await withTaskGroup { group in
                    // Beside the handlers that it hears from, of which many end in one turn of their loop.
                    group.addTask(executorPreference: executor(of: self.group)) { await self.work(source) }
                    group.addTask { await self.tick() }
                    await group.next()
                    group.cancelAll()
                }
                await source.close()
            } while isLost.exchange(false, ordering: .relaxed)
        } onCancel: {
            post.yield(.stop)
            for handling in tasks.withLock({ Array($0.values) }) { handling.task.cancel() }
        }
    }

    /// Waits for the broker as long as it takes. Nil when it was stopped before.
    private func join() async -> (any MessageSource)? {
        var failures = 0
        while !Task.isCancelled {
            do throws(BrokerFailure) {
                try await broker.prepare(topics)
                let source = try await broker.join(group, of: topics)
                journal.withLock { $0.failure = nil }
                return source
            } catch {
                failures += 1
                journal.withLock { $0.failure = "\(error)" }
                observer.report("\(group) cannot join its topics: \(error)")
            }
            let pause = settings.retry.pause(after: failures, random: chance)
            guard (try? await clockwork.sleep(min(pause, .seconds(2)))) != nil else { return nil }
        }
        return nil
    }

    private func tick() async {
        while (try? await clockwork.sleep(ConsumerMachine.tick)) != nil { post.yield(.tick(clockwork.uptime())) }
    }

    private func work(_ source: any MessageSource) async {
        var limits = ConsumerMachine.Limits()
        (limits.concurrency, limits.held) = (settings.concurrency, settings.held)
        (limits.attempts, limits.timeout) = (settings.retry.attempts, settings.timeout)
        var machine = ConsumerMachine(limits)
        await withDiscardingTaskGroup { group in
            post.yield(.tick(clockwork.uptime()))
            // Not ended by cancellation: what is in hand comes to its end first.
            for await event in events {
                var settled: [Place] = []
                var isFinished = false
                for action in machine.handle(event) {
                    switch action {
                    case .settle(let place): settled.append(place)
                    case .release(let lanes):
                        // What is settled of them must be known first, or their next owner has it again.
                        source.settle(settled)
                        settled = []
                        source.release(lanes)
                    case .hold(let isHeld): source.hold(isHeld)
                    case .finish: isFinished = true
                    default: carryOut(action, source, &group)
                    }
                }
                if !settled.isEmpty { source.settle(settled) }
                journal.withLock { $0.held = machine.held }
                if isFinished { break }
            }
            group.cancelAll()
        }
    }

    private func carryOut(
        _ action: ConsumerMachine.Action, _ source: any MessageSource, _ group: inout DiscardingTaskGroup
    ) {
        switch action {
        case .askForMore: group.addTask { await self.ask(source) }
        case .handle(let delivery, let attempt): begin(delivery, attempt)
        case .cancel(let place): cancel(place)
        case .rest(let place, let failures): group.addTask { await self.rest(place, failures) }
        case .bury(let delivery, let reason, let attempts):
            group.addTask { await self.bury(delivery, reason, attempts, source) }
        case .settle, .release, .hold, .finish: break
        }
    }

    private func ask(_ source: any MessageSource) async {
        switch await source.next() {
        case .deliveries(let deliveries): post.yield(.delivered(deliveries))
        case .revoked(let lanes): post.yield(.revoked(lanes))
        case .lost(let reason):
            isLost.store(true, ordering: .relaxed)
            observer.report("\(group) joins its topics again: \(reason)")
            post.yield(.sourceClosed)
        case .closed: post.yield(.sourceClosed)
        }
    }

    private func rest(_ place: Place, _ failures: Int) async {
        try? await clockwork.sleep(settings.retry.pause(after: failures, random: chance))
        post.yield(.rested(place))
    }

    /// A task of its own, because one handler must be able to be cancelled and not all. The machine ends only when the
    /// last has answered.
    private func begin(_ delivery: Delivery, _ attempt: Int) {
        tasks.withLock { tasks in
            let task = Task(executorPreference: executor(of: delivery.key)) {
                let verdict = await self.handle(delivery, attempt)
                self.forget(delivery.place)
                self.post.yield(.handled(delivery.place, verdict))
            }
            tasks[delivery.place] = Handling(task: task)
        }
    }

    private func executor(of key: String) -> (any TaskExecutor)? {
        executors.isEmpty ? nil : executors[abs(key.hashValue % executors.count)]
    }

    private func cancel(_ place: Place) {
        let task = tasks.withLock { tasks in
            tasks[place]?.isOverdue = true
            return tasks[place]?.task
        }
        task?.cancel()
    }

    private func forget(_ place: Place) { tasks.withLock { $0[place] = nil } }

    private func handle(_ delivery: Delivery, _ attempt: Int) async -> Verdict {
        guard let subscription = subscriptions[delivery.topic] else { return .poison("nobody handles this topic") }
        let start = clockwork.uptime()
        var verdict = Verdict.handled
        do {
            try await subscription.handle(delivery, observer.around)
        } catch {
            verdict = Verdict(of: error)
            if tasks.withLock({ $0[delivery.place]?.isOverdue }) == true {
                verdict = .failed("the handler took longer than \(settings.timeout)")
            }
        }
        note(delivery, verdict, attempt, took: clockwork.uptime() - start)
        return verdict
    }

    private func note(_ delivery: Delivery, _ verdict: Verdict, _ attempt: Int, took: Duration) {
        let now = clockwork.now()
        let isNews = journal.withLock { $0.note(delivery.topic, verdict, at: now) }
        observer.handled(delivery, verdict.outcome, took)
        if isNews, let reason = verdict.reason {
            observer.report("\(group) failed at \(delivery.place), attempt \(attempt): \(reason)")
        }
    }

    private func bury(_ delivery: Delivery, _ reason: String, _ attempts: Int, _ source: any MessageSource) async {
        func letter(_ body: [UInt8], _ reason: String) -> DeadLetter {
            DeadLetter(
                id: .init(delivery.place, of: group), key: delivery.key, body: body, headers: delivery.headers,
                reason: reason, attempts: attempts, at: clockwork.now())
        }
        var failure: BrokerFailure?
        do throws(BrokerFailure) {
            do throws(BrokerFailure) {
                try await source.bury(letter(delivery.body, reason))
            } catch {
                // Too big for the broker a second time, with its reason beside it: then without its body.
                guard error.kind == .refused else { throw error }
                try await source.bury(letter([], "\(reason); its \(delivery.body.count) bytes were refused: \(error)"))
            }
            journal.withLock { $0.buried(delivery.topic) }
            observer.buried(delivery, reason)
        } catch {
            failure = error
            observer.report("\(group) cannot write a dead letter of \(delivery.place): \(error)")
        }
        post.yield(.buried(delivery.place, failure))
    }

    private var chance: UInt64 { clockwork.newUUID().low }
}
