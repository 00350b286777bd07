import Synchronization
import TradewindLocks
import TradewindRuntime

/// A part that a test writes in place.
struct Part: Service {
    let name: String
    let body: @Sendable (Life) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (Life) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Starts, serves until it is asked to stop, and stops.
    static func polite(_ name: String) -> Part {
        Part(name) { life in
            life.started()
            await life.stopRequested()
        }
    }

    /// Does not stop when asked to, only when cancelled.
    static func stubborn(_ name: String) -> Part {
        Part(name) { life in
            life.started()
            try await Task.sleep(for: .seconds(86_400))
        }
    }

    func run(_ life: Life) async throws { try await body(life) }
}

struct Broken: Error, CustomStringConvertible { let description = "the disk is on fire" }

/// What a group reported so far, and a way to wait for the next report.
final class Diary: Sendable {
    private let entries = Lock<[ServiceGroup.Report]>([])
    private let stream: AsyncStream<ServiceGroup.Report>
    private let post: AsyncStream<ServiceGroup.Report>.Continuation

    init() { (stream, post) = AsyncStream.makeStream() }

    var all: [ServiceGroup.Report] { entries.withLock(\.self) }

    @Sendable func note(_ report: ServiceGroup.Report) {
        entries.withLock { $0.append(report) }
        post.yield(report)
    }

    func wait(for report: ServiceGroup.Report) async {
        for await next in stream where next == report { return }
    }
}

/// Counts calls from any thread.
final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    @Sendable func increment() { count.add(1, ordering: .sequentiallyConsistent) }
}
