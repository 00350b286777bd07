internal import TradewindReactor

/// A connection that is made again when it breaks, for one loop. Requests wait for it for a moment; when Redis has been
/// gone for longer they fail at once, while one attempt after the other looks for it.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; callers reach it through `EventLoop.execute`.
@safe final class Line: TurnEnd, @unchecked Sendable {
    private enum State {
        case idle, opening(Task<Void, Never>), open(Link), resting
        /// For good.
        case closed
    }

    let loop: EventLoop
    let settings: RedisSettings
    private let resolver: Resolver
    private let tls: TLSContext
    // Unchecked exclusivity: single loads and stores, and nothing that is called during an access comes back.
    @safe @exclusivity(unchecked) private var state = State.idle
    @safe @exclusivity(unchecked) private var waiting: [Ticket] = []
    private var outage: (error: RedisError, since: Instant)?
    private var failures = 0
    private var watch: Deadline?
    private var armedFor = Instant.distantFuture
    private var retry: Deadline?

    /// Called with each new connection, before those who wait for it.
    var onOpen: ((Link) -> Void)?

    init(_ loop: EventLoop, _ settings: RedisSettings, _ resolver: Resolver, _ tls: TLSContext) {
        (self.loop, self.settings, self.resolver, self.tls) = (loop, settings, resolver, tls)
        watch = loop.deadline { [weak self] in self?.look() }
        retry = loop.deadline { [weak self] in self?.open() }
    }

    // MARK: Requests

    /// - Parameter blocking: how long Redis is asked to wait before it answers.
    func send(_ request: RedisRequest, blocking: Duration = .zero, then done: @escaping (Ticket.Answer) -> Void) {
        // Not the loop's own time: who calls may have kept it busy for long before.
        let now = Instant.now()
        let ticket = Ticket(request, patience: settings.silence + blocking, since: now, done)
        switch state {
        case .closed: return ticket.fail(.unavailable("we have left it"))
        case .open(let link):
            link.send(ticket)
            loop.atEndOfTurn(self)
        case .idle, .opening, .resting:
            if let outage, outage.since + settings.silence <= now { return ticket.fail(outage.error) }
            guard waiting.count < settings.waitingLimit else {
                return ticket.fail(.unavailable("too many commands wait for a connection"))
            }
            waiting.append(ticket)
            if case .idle = state { open() }
        }
        arm(for: now + settings.silence)
    }

    func turnEnded() {
        if case .open(let link) = state { link.flush() }
    }

    // MARK: Watching

    private func arm(for instant: Instant) {
        guard let watch, instant < armedFor else { return }
        armedFor = instant
        loop.set(watch, to: instant)
    }

    private func look() {
        armedFor = .distantFuture
        let now = loop.now
        if case .open(let link) = state, let due = link.due, due <= now {
            link.end(.connectionLost("it does not answer"))
            // Who comes next need not find out again.
            outage?.since = now + (.zero - settings.silence)
        }
        let late = waiting.filter { $0.since + settings.silence <= now }
        waiting.removeAll { $0.since + settings.silence <= now }
        for ticket in late { ticket.fail(outage?.error ?? .unavailable("\(place) does not answer")) }
        if case .open(let link) = state, let due = link.due { arm(for: due) }
        if let first = waiting.first { arm(for: first.since + settings.silence) }
    }

    private var place: String { "\(settings.host):\(settings.port)" }

    // MARK: Connecting

    private func open() {
        switch state {
        case .idle, .resting: break
        case .opening, .open, .closed: return
        }
        let end = loop.now + settings.connectTimeout
        let opening = Task(executorPreference: loop) { [self] in
            do throws(RedisError) { opened(try await connect(by: end)) } catch { failed(error) }
        }
        state = .opening(opening)
    }

    private func connect(by end: Instant) async throws(RedisError) -> Link {
        let socket: Socket
        do {
            let addresses = try await resolver.addresses(of: settings.host, port: settings.port, on: loop, by: end)
            socket = try await loop.connect(to: addresses, timeout: end - loop.now)
        } catch {
            throw .unavailable("\(place) \(words(for: error))")
        }
        let deadline = loop.deadline { [weak socket] in socket?.interrupt() }
        loop.set(deadline, to: end)
        defer { loop.set(deadline, to: .distantFuture) }
        var session: TLSSession?
        if settings.isSecured {
            do throws(TLSContext.Failure) {
                session = try tls.session(over: socket, for: settings.host)
                try await session?.shakeHands()
            } catch {
                let isLate = socket.isInterrupted
                socket.close()
                throw isLate
                    ? .unavailable("\(place) does not answer") : .unwelcome("TLS with \(place): \(error.reason)")
            }
        }
        guard let link = Link(socket, session) else { throw .unavailable("memory is short") }
        let silent = loop.deadline { [weak link] in link?.end(.unavailable("it does not answer")) }
        loop.set(silent, to: end)
        defer { loop.set(silent, to: .distantFuture) }
        try await introduce(link)
        return link
    }

    private func introduce(_ link: Link) async throws(RedisError) {
        let greeting = Greeting(settings)
        let answer = await withCheckedContinuation { caller in
            link.send(
                Ticket(greeting.request, patience: settings.connectTimeout, since: loop.now) {
                    caller.resume(returning: $0)
                })
            link.flush()
        }
        do throws(RedisError) {
            try greeting.check(try answer.get())
        } catch {
            link.end(error)
            throw error
        }
    }

    private func opened(_ link: Link) {
        if case .closed = state { return link.end(.unavailable("we have left it")) }
        guard !link.isClosed else { return failed(.connectionLost("it closed a new connection")) }
        (state, outage, failures) = (.open(link), nil, 0)
        link.onEnd = { [weak self] in self?.failed($0) }
        onOpen?(link)
        let waiting = waiting
        self.waiting = []
        for ticket in waiting {
            // They have waited already, and shall know within two seconds in all.
            ticket.patience = min(ticket.patience, .milliseconds(500))
            link.send(ticket)
        }
        link.flush()
        if let due = link.due { arm(for: due) }
    }

    /// There is no connection, or no longer one.
    private func failed(_ error: RedisError) {
        if case .closed = state { return }
        state = .resting
        outage = (error.beforeSending, outage?.since ?? loop.now)
        if case .unwelcome = error {
            outage?.since = loop.now + (.zero - settings.silence)
            let waiting = waiting
            self.waiting = []
            for ticket in waiting { ticket.fail(error) }
        }
        if let retry { loop.set(retry, to: loop.now + pause()) }
    }

    /// Twice as long each time up to a second, and between half and all of that by chance, so that those who lost Redis
    /// together do not come back together.
    private func pause() -> Duration {
        failures = min(failures + 1, 6)
        let whole = min(Duration.milliseconds(25 << failures), .seconds(1))
        return whole / 2 + whole / 2 / 1_024 * Int(chance() % 1_024)
    }

    func close() {
        let (last, waiting) = (state, waiting)
        (state, self.waiting, onOpen) = (.closed, [], nil)
        switch last {
        case .opening(let task): task.cancel()
        case .open(let link): link.end(.connectionLost("we have left it"))
        case .idle, .resting, .closed: break
        }
        for ticket in waiting { ticket.fail(.unavailable("we have left it")) }
        for deadline in [watch, retry] { if let deadline { loop.set(deadline, to: .distantFuture) } }
    }
}

extension RedisError {
    /// The same for a request that was not under way.
    fileprivate var beforeSending: RedisError {
        if case .connectionLost(let reason) = self { .unavailable(reason) } else { self }
    }
}

private func words(for error: any Error) -> String {
    switch error {
    case ConnectError.timedOut: "does not answer"
    case ConnectError.refused(let reason): "refuses the connection (\(reason.reason))"
    case let error as ResolutionError: "cannot be found: \(error.reason)"
    default: "cannot be reached: \(error)"
    }
}

func chance() -> UInt64 {
    var word: InlineArray<1, UInt64> = [0]
    var span = word.mutableSpan
    fillWithRandomness(&span)
    return word[0]
}
