internal import TradewindPersistence
internal import TradewindReactor

/// What one caller wants, from the queue of a pool to its answer.
///
/// Safety: `@unchecked Sendable` because it is confined to the loop of the pool; its caller waits there, and
/// cancellation comes through `EventLoop.execute`.
@safe final class Job: @unchecked Sendable {
    enum Work {
        case one(SQL)
        case many([SQL])
        /// The connection itself.
        case lease
    }

    enum State {
        case new, waiting(ticket: Int)
        /// On its way; the connection is not the job's own.
        case sent(Connection)
        case done
    }

    let work: Work
    // Unchecked exclusivity: single loads and stores on the loop.
    @safe @exclusivity(unchecked) var state = State.new
    @safe @exclusivity(unchecked) var since = Instant(nanoseconds: 0)
    /// It failed in company, which undid all of them: each tries again by itself.
    @safe @exclusivity(unchecked) var isAlone = false
    /// A statement that the server had forgotten is prepared anew, once.
    @safe @exclusivity(unchecked) var wasStale = false
    @safe @exclusivity(unchecked) var answer: Rows?
    @safe @exclusivity(unchecked) var answers: [Rows] = []
    @safe @exclusivity(unchecked) private(set) var connection: Connection?
    @safe @exclusivity(unchecked) private(set) var failure: DatabaseError?
    @safe @exclusivity(unchecked) private var caller: UnsafeContinuation<Void, Never>?

    init(_ work: Work) { self.work = work }

    var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// An attempt begins, perhaps not the first.
    func begin(on connection: Connection) {
        state = .sent(connection)
        answer = nil
        if !answers.isEmpty { answers = [] }
    }

    func took(_ rows: Rows) {
        if case .one = work { answer = rows } else { answers.append(rows) }
    }

    func finish(_ failure: DatabaseError? = nil, with connection: Connection? = nil) {
        if isDone { return }
        (state, self.failure, self.connection) = (.done, failure, connection)
        let caller = caller
        self.caller = nil
        unsafe caller?.resume()
    }

    /// Waits for the end. On the loop.
    func wait(_ cancel: @escaping @Sendable (Job) -> Void) async throws(DatabaseError) {
        if !isDone {
            await withTaskCancellationHandler {
                await unsafe withUnsafeContinuation {
                    if isDone { unsafe $0.resume() } else { unsafe caller = $0 }
                }
            } onCancel: {
                cancel(self)
            }
        }
        if let failure { throw failure }
    }
}
