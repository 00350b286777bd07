/// Decides which message is handled when, and what becomes of it: order per key, many keys at a time, retries, dead
/// letters, lanes that go to others. No broker, no tasks, no clock: events in, actions out.
package struct ConsumerMachine {
    package enum Event: Sendable {
        case delivered([Delivery])
        case revoked([Lane])
        case sourceClosed
        case handled(Place, Verdict)
        /// The rest between two attempts is over.
        case rested(Place)
        case buried(Place, BrokerFailure?)
        case pause, resume, stop
        /// Time has passed: those that take too long are cancelled.
        case tick(Duration)
    }

    package enum Action {
        case askForMore
        /// Whether messages are to wait at the broker meanwhile.
        case hold(Bool)
        /// Calls the handler; `attempt` counts from 1.
        case handle(Delivery, attempt: Int)
        case cancel(Place)
        case rest(Place, failures: Int)
        case bury(Delivery, reason: String, attempts: Int)
        case settle(Place)
        case release([Lane])
        case finish
    }

    /// How often time is told.
    package static let tick = Duration.seconds(1)

    package struct Limits: Sendable {
        /// Handlers at a time.
        package var concurrency = 64
        /// Messages in hand: delivered and not settled.
        package var held = 1_000
        package var attempts = 6
        /// How long one call of a handler may take.
        package var timeout = Duration.seconds(30)
        package init() {}
    }

    /// Messages that go one after the other.
    private enum Line: Hashable {
        case key(EventName, String)
        /// A message without a key waits for nobody.
        case single(Place)

        init(_ delivery: Delivery) {
            self = delivery.key.isEmpty ? .single(delivery.place) : .key(delivery.topic, delivery.key)
        }
    }

    private struct Queue {
        enum State { case ready, running, resting, burying }
        var state = State.ready
        var waiting: [Delivery] = []
        /// Of the first one.
        var failures = 0
        var outages = 0
        var since = Duration.zero
    }

    private let limits: Limits
    private var lines: [Line: Queue] = [:]
    private var lineOfPlace: [Place: Line] = [:]
    private var ready = Fifo<Line>()
    private var running = 0
    private var now = Duration.zero
    private var isAsking = false
    private var isHolding = false
    private var isPaused = false
    private var isStopping = false
    private var isFinished = false
    private var leaving: Set<Lane> = []

    package init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Delivered and not settled.
    package var held: Int { lineOfPlace.count }

    package mutating func handle(_ event: Event) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .delivered(let deliveries):
            isAsking = false
            for delivery in deliveries { take(delivery) }
        case .revoked(let lanes):
            isAsking = false
            leaving.formUnion(lanes)
            dropWaiting { lanes.contains($0.place.lane) }
        case .sourceClosed: isStopping = true
        case .handled(let place, let verdict): judge(place, verdict, &actions)
        case .rested(let place): retry(place)
        case .buried(let place, let failure): buried(place, failure, &actions)
        case .pause: isPaused = true
        case .resume: isPaused = false
        case .stop: isStopping = true
        case .tick(let moment):
            now = moment
            cancelOverdue(&actions)
        }
        if isStopping { dropWaiting { _ in true } }
        begin(&actions)
        releaseLanes(&actions)
        goOn(&actions)
        return actions
    }

    private mutating func take(_ delivery: Delivery) {
        let line = Line(delivery)
        guard lineOfPlace.updateValue(line, forKey: delivery.place) == nil else { return }
        if lines[line, default: Queue()].waiting.isEmpty { ready.append(line) }
        lines[line, default: Queue()].waiting.append(delivery)
    }

    private mutating func begin(_ actions: inout [Action]) {
        while running < limits.concurrency, !isPaused, let line = ready.popFirst() {
            guard var queue = lines[line], queue.state == .ready, let first = queue.waiting.first else { continue }
            running += 1
            (queue.state, queue.since) = (.running, now)
            lines[line] = queue
            actions.append(.handle(first, attempt: queue.failures + 1))
        }
    }

    private mutating func judge(_ place: Place, _ verdict: Verdict, _ actions: inout [Action]) {
        guard let line = lineOfPlace[place], var queue = lines[line], let first = queue.waiting.first else { return }
        running -= 1
        switch verdict {
        case .handled:
            actions.append(.settle(place))
            return remove(place, line)
        case .failed, .outage, .poison:
            // Somebody else will try.
            if isStopping || leaving.contains(place.lane) { return remove(place, line) }
        }
        switch verdict {
        case .handled: break
        case .failed(let reason):
            queue.failures += 1
            guard queue.failures < limits.attempts else { return bury(first, reason, line, queue, &actions) }
            rest(place, line, queue, &actions)
        case .poison(let reason):
            queue.failures += 1
            bury(first, reason, line, queue, &actions)
        case .outage:
            queue.outages += 1
            rest(place, line, queue, &actions)
        }
    }

    private mutating func rest(_ place: Place, _ line: Line, _ queue: Queue, _ actions: inout [Action]) {
        lines[line] = queue
        lines[line]?.state = .resting
        actions.append(.rest(place, failures: queue.failures + queue.outages))
    }

    private mutating func bury(
        _ delivery: Delivery, _ reason: String, _ line: Line, _ queue: Queue, _ actions: inout [Action]
    ) {
        lines[line] = queue
        lines[line]?.state = .burying
        actions.append(.bury(delivery, reason: reason, attempts: queue.failures))
    }

    private mutating func buried(_ place: Place, _ failure: BrokerFailure?, _ actions: inout [Action]) {
        guard let line = lineOfPlace[place], var queue = lines[line] else { return }
        guard failure != nil, !isStopping, !leaving.contains(place.lane) else { return remove(place, line) }
        // The dead letter could not be written, so the message stays and is tried again.
        queue.outages += 1
        rest(place, line, queue, &actions)
    }

    private mutating func retry(_ place: Place) {
        guard let line = lineOfPlace[place], lines[line]?.state == .resting else { return }
        lines[line]?.state = .ready
        ready.append(line)
    }

    /// The first of a line is done with, and the next may come.
    private mutating func remove(_ place: Place, _ line: Line) {
        lineOfPlace[place] = nil
        guard var queue = lines[line] else { return }
        queue.waiting.removeFirst()
        guard !queue.waiting.isEmpty else { return lines[line] = nil }
        (queue.state, queue.failures, queue.outages) = (.ready, 0, 0)
        lines[line] = queue
        ready.append(line)
    }

    /// Those that nobody works on: others get them again.
    private mutating func dropWaiting(_ isDropped: (Delivery) -> Bool) {
        for (line, var queue) in lines where queue.waiting.contains(where: isDropped) {
            let isBusy = queue.state == .running || queue.state == .burying
            let kept = isBusy ? queue.waiting.prefix(1) : []
            let rest = queue.waiting.dropFirst(kept.count)
            for delivery in rest where isDropped(delivery) { lineOfPlace[delivery.place] = nil }
            let firstStays = rest.first.map { !isDropped($0) } ?? true
            queue.waiting = kept + rest.filter { !isDropped($0) }
            if !isBusy, !firstStays {
                (queue.state, queue.failures, queue.outages) = (.ready, 0, 0)
                ready.append(line)
            }
            lines[line] = queue.waiting.isEmpty ? nil : queue
        }
    }

    private mutating func cancelOverdue(_ actions: inout [Action]) {
        // It may have begun just before the next tick.
        for queue in lines.values where queue.state == .running && now - queue.since >= limits.timeout + Self.tick {
            if let first = queue.waiting.first { actions.append(.cancel(first.place)) }
        }
    }

    private mutating func releaseLanes(_ actions: inout [Action]) {
        guard !leaving.isEmpty else { return }
        let busy = Set(lineOfPlace.keys.map(\.lane))
        let free = leaving.subtracting(busy)
        guard !free.isEmpty else { return }
        leaving.subtract(free)
        actions.append(.release(free.sorted { "\($0)" < "\($1)" }))
    }

    private mutating func goOn(_ actions: inout [Action]) {
        if isStopping {
            guard lineOfPlace.isEmpty, !isFinished else { return }
            isFinished = true
            return actions.append(.finish)
        }
        let mustHold = isPaused || held >= limits.held
        if mustHold != isHolding {
            isHolding = mustHold
            actions.append(.hold(mustHold))
        }
        if !isAsking {
            isAsking = true
            actions.append(.askForMore)
        }
    }
}

/// First in, first out, in constant time.
private struct Fifo<Element> {
    private var elements: [Element] = []
    private var head = 0

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer {
            head += 1
            if head == elements.count {
                elements.removeAll(keepingCapacity: true)
                head = 0
            } else if head > 1_024, head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head]
    }
}
