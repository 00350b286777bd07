internal import TradewindPersistence
internal import TradewindReactor

/// What cannot be done in a pipeline (rows one by one, COPY, scripts, LISTEN): a connection is taken out of it, and its
/// user reads step by step. Between his steps the socket is not read, so that the server waits for whoever is slow.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; cancellation comes through `EventLoop.execute`.
@safe final class PlainExchange: @unchecked Sendable {
    let connection: Connection
    var link: Link { connection.link }
    private var loop: EventLoop { connection.pool.loop }
    // Unchecked exclusivity: single loads and stores on the loop.
    @safe @exclusivity(unchecked) private var waiting: UnsafeContinuation<Void, Never>?
    @safe @exclusivity(unchecked) private var isCancelled = false
    /// The server is to stop; what it still says is not wanted.
    @safe @exclusivity(unchecked) private var isEnding = false

    convenience init?(on connection: Connection) {
        guard !connection.isClosed, !connection.isBusy, connection.link.exitPipeline() else { return nil }
        self.init(taking: connection)
    }

    /// A connection that is in no pipeline.
    init(taking connection: Connection) {
        self.connection = connection
        connection.onInput = { [weak self] in self?.resume() }
        connection.setReading(false)
    }

    /// What the server says next.
    func step() async throws(DatabaseError) -> Link.Step {
        while true {
            if connection.isClosed { throw .connectionLost }
            if isCancelled, !isEnding { throw .cancelled }
            let step = link.next()
            guard case .wait = step else { return step }
            await waitForServer()
        }
    }

    /// Returns when the socket has taken everything.
    func flushed() async throws(DatabaseError) {
        connection.flush()
        while connection.isWriting, !connection.isClosed {
            if isCancelled, !isEnding { throw .cancelled }
            // A server that has lost interest says so instead of reading on.
            await waitForServer()
        }
        if connection.isClosed { throw .connectionLost }
    }

    private func waitForServer() async {
        connection.setReading(true)
        connection.expectsAnswer(true)
        await wait()
        connection.expectsAnswer(false)
        connection.setReading(false)
    }

    /// Until something has come, or left, or the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation {
                if connection.isClosed || isCancelled && !isEnding { unsafe $0.resume() } else { unsafe waiting = $0 }
            }
        } onCancel: {
            loop.execute { [self] in
                isCancelled = true
                if !isEnding { resume() }
            }
        }
    }

    var wasCancelled: Bool { isCancelled }

    private func resume() {
        let waiting = waiting
        self.waiting = nil
        unsafe waiting?.resume()
    }

    /// Reads to the end of what was asked, and back into the pipeline. Returns the first failure.
    func end() async -> DatabaseError? {
        var failure: DatabaseError?
        isEnding = true
        while let step = try? await step() {
            if case .failed(let error) = step, failure == nil { failure = error.error }
            if case .copyIn = step { _ = link.endCopy(because: "given up") }
            if case .end = step { break }
        }
        connection.onInput = nil
        if connection.isClosed { return failure ?? .connectionLost }
        connection.setReading(true)
        if !link.enterPipeline() { connection.broke() }
        return failure
    }

    /// Nobody wants the rest: the server is to stop.
    func abandon() async {
        connection.cancel()
        _ = await end()
    }
}

extension PostgresSession {
    func plain() async throws(DatabaseError) -> PlainExchange {
        try await pool.enter { [self] _ throws(DatabaseError) in
            guard let exchange = PlainExchange(on: connection) else { throw .connectionLost }
            return exchange
        }
    }

    func run(_ script: SQLScript) async throws(DatabaseError) {
        if script.text.utf8.contains(0) { throw .nulInText }
        try await pool.enter { [self] _ throws(DatabaseError) in
            guard let exchange = PlainExchange(on: connection) else { throw .connectionLost }
            guard exchange.link.run(script: script.text) else {
                connection.broke()
                throw .connectionLost
            }
            do throws(DatabaseError) {
                try await exchange.flushed()
                while true {
                    let step = try await exchange.step()
                    if case .end = step { break }
                    if case .failed(let error) = step { throw error.error }
                }
                _ = await exchange.end()
            } catch {
                if error == .cancelled { await exchange.abandon() } else { _ = await exchange.end() }
                throw error
            }
        }
    }
}
