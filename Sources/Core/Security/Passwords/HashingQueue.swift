/// Who waits for a thread, in order, and how many threads are at work. Decides; somebody else holds the lock and acts.
struct HashingQueue {
    struct Job: Sendable {
        let ticket: UInt64
        let run: @Sendable () -> Void
        let drop: @Sendable (any Error) -> Void
    }

    enum Admission {
        case waiting
        /// In the queue, for a thread that is to be asked for.
        case needsThread
        case refused
    }

    private let threads: Int, places: Int
    private var waiting: [Job] = []
    private(set) var atWork = 0
    private var lastTicket: UInt64 = 0

    init(threads: Int, places: Int) { (self.threads, self.places) = (max(1, threads), max(0, places)) }

    var waitingCount: Int { waiting.count }

    mutating func ticket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// A thread that was asked for counts as at work, and the first in the queue will be its.
    mutating func admit(_ job: Job) -> Admission {
        if atWork < threads {
            waiting.append(job)
            atWork += 1
            return .needsThread
        }
        guard waiting.count < places else { return .refused }
        waiting.append(job)
        return .waiting
    }

    /// For a thread that has nothing to do; with nil it goes.
    mutating func next() -> Job? {
        guard !waiting.isEmpty else {
            atWork -= 1
            return nil
        }
        return waiting.removeFirst()
    }

    mutating func withdraw(_ ticket: UInt64) -> Job? {
        waiting.firstIndex { $0.ticket == ticket }.map { waiting.remove(at: $0) }
    }

    /// Whom no thread will come for: nobody as long as another is at work.
    mutating func threadRefused() -> [Job] {
        atWork -= 1
        guard atWork == 0 else { return [] }
        defer { waiting = [] }
        return waiting
    }
}
