/// The rules of starting in order and stopping in reverse, without tasks, clocks or locks: events in, actions out.
/// Parts are known by their index, which is the start order.
struct GroupMachine {
    enum Event: Sendable {
        case launch
        case started(Int)
        case ended(Int, (any Error)?)
        case stopRequested
        /// The time to drain is over.
        case drained
        /// The time that cancelled parts have to end is over too.
        case abandoned
    }
    enum Action: Equatable { case begin(Int), ready, startDraining, askToStop(Int), cancel(Int), finish }
    enum Fault: Equatable, Sendable { case failedToStart, failed, failedToStop, returnedEarly, neverEnded }
    struct Failure: Sendable { let part: Int, fault: Fault, error: (any Error)? }

    enum Phase {
        case starting  // exits: running (all started), stopping
        case running  // exits: stopping
        case stopping  // exits: cancelling, finished (all ended)
        case cancelling  // exits: finished (all ended, or abandoned)
        case finished
    }
    private enum Part { case idle, starting, running, stopping, ended }

    private(set) var phase = Phase.starting
    private(set) var failures: [Failure] = []
    private var parts: [Part]

    init(parts count: Int) { parts = Array(repeating: .idle, count: count) }

    mutating func handle(_ event: Event) -> [Action] {
        switch (event, phase) {
        case (_, .finished): []
        case (.launch, .starting): beginNext()
        case (.started(let part), .starting) where parts[part] == .starting: started(part)
        case (.ended(let part, let error), _): ended(part, error)
        case (.stopRequested, .starting), (.stopRequested, .running): stop()
        case (.drained, .stopping): cancelAll()
        case (.abandoned, .cancelling): abandon()
        default: []
        }
    }

    private mutating func started(_ part: Int) -> [Action] {
        parts[part] = .running
        return beginNext()
    }

    private mutating func beginNext() -> [Action] {
        guard let next = parts.firstIndex(of: .idle) else {
            phase = .running
            return [.ready]
        }
        parts[next] = .starting
        return [.begin(next)]
    }

    private mutating func ended(_ part: Int, _ error: (any Error)?) -> [Action] {
        if let fault = fault(of: part, error) { failures.append(Failure(part: part, fault: fault, error: error)) }
        parts[part] = .ended
        switch phase {
        case .starting, .running: return stop()
        case .stopping, .cancelling, .finished: return askNextToStop()
        }
    }

    private func fault(of part: Int, _ error: (any Error)?) -> Fault? {
        switch (parts[part], error) {
        case (.starting, _?): .failedToStart
        case (.running, _?): .failed
        case (.starting, nil), (.running, nil): .returnedEarly
        // A part that was cut off is expected to say so.
        case (.stopping, is CancellationError) where phase == .cancelling: nil
        case (.stopping, _?): .failedToStop
        default: nil
        }
    }

    private mutating func stop() -> [Action] {
        phase = .stopping
        return [.startDraining] + askNextToStop()
    }

    /// One at a time, the last that began first: a server drains while the pool that its handlers need still runs.
    private mutating func askNextToStop() -> [Action] {
        guard let last = parts.lastIndex(where: { $0 != .idle && $0 != .ended }) else {
            phase = .finished
            return [.finish]
        }
        if parts[last] == .stopping { return [] }
        parts[last] = .stopping
        return [.askToStop(last)]
    }

    private var alive: [Int] { parts.indices.filter { parts[$0] != .idle && parts[$0] != .ended } }

    private mutating func cancelAll() -> [Action] {
        phase = .cancelling
        for part in alive { parts[part] = .stopping }
        return alive.reversed().flatMap { [.askToStop($0), .cancel($0)] }
    }

    private mutating func abandon() -> [Action] {
        phase = .finished
        failures += alive.map { Failure(part: $0, fault: .neverEnded, error: nil) }
        return [.finish]
    }
}
