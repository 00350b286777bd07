internal import TradewindHTTP
internal import TradewindReactor

/// A streamed answer's body on its way to the client: small pieces through the connection's buffer, large ones from
/// where they are.
///
/// Safety: `@unchecked Sendable` because `write` and `sustain` come back to the loop before they touch anything.
final class StreamedAnswer: BodySink, @unchecked Sendable {
    private let connection: HTTPConnection
    private let exchange: UInt32
    private let framing: AnswerPlan.Framing
    private var remaining: Int
    private var isFlushing = false
    /// Writers that came while another waits for the client.
    private var queue: [CheckedContinuation<Void, Never>] = []
    private var heartbeat: (bytes: [UInt8], interval: Duration)?
    /// Told to end because the server stops.
    private(set) var wasDrained = false
    private var hasAsked = false

    init(_ connection: HTTPConnection, _ framing: AnswerPlan.Framing) {
        (self.connection, self.framing, exchange) = (connection, framing, connection.exchange)
        remaining = if case .length(let length) = framing { length } else { .max }
    }

    struct Overrun: Error {}

    func write(_ bytes: [UInt8]) async throws {
        guard connection.loop.isCurrent else { return try await connection.loop.run { try await self.write(bytes) } }
        while isFlushing { await withCheckedContinuation { queue.append($0) } }
        try check()
        guard bytes.count <= remaining else { throw Overrun() }
        if bytes.isEmpty { return }
        if case .length = framing { remaining -= bytes.count }
        if bytes.count > BufferPool.size {
            try await writeThrough(bytes)
        } else {
            append(bytes)
            if connection.waitingOutput >= 2 * BufferPool.size {
                try await exclusively { await self.connection.flush() }
            }
        }
        rest()
    }

    private func check() throws {
        guard exchange == connection.exchange, connection.phase == .streaming else { throw BodyError.over }
        if connection.socket.isInterrupted { throw CancellationError() }
    }

    private func append(_ bytes: [UInt8]) {
        connection.withOutput { output in
            if framing == .chunked { output.append(chunkOf: bytes.count) }
            output.append(bytes.span)
            if framing == .chunked { output.append("\r\n") }
        }
        connection.loop.atEndOfTurn(connection)
    }

    private func writeThrough(_ bytes: [UInt8]) async throws {
        if framing == .chunked { connection.withOutput { $0.append(chunkOf: bytes.count) } }
        try await exclusively { await self.connection.write(bytes) }
        if framing == .chunked { connection.append("\r\n") }
        connection.loop.atEndOfTurn(connection)
    }

    private func exclusively(_ write: () async -> Bool) async throws {
        isFlushing = true
        let isWritten = await write()
        isFlushing = false
        let next = queue
        queue = []
        for writer in next { writer.resume() }
        if !isWritten { throw CancellationError() }
    }

    /// False when less was written than the head announced.
    func finish() -> Bool {
        if framing == .chunked { connection.append("0\r\n\r\n") }
        if case .length = framing { return remaining == 0 }
        return true
    }

    // MARK: Answers without end

    func sustain(with bytes: [UInt8], every interval: Duration) async throws {
        guard connection.loop.isCurrent else {
            return try await connection.loop.run { try await self.sustain(with: bytes, every: interval) }
        }
        try check()
        heartbeat = (bytes, interval)
        rest()
        if connection.server.isDraining { drain() }
    }

    private func rest() {
        if let heartbeat { connection.arm(after: heartbeat.interval) } else { connection.disarm() }
    }
}

extension StreamedAnswer: Occupant {
    /// An answer that has an end may reach it; one without is ended.
    func drain() {
        guard heartbeat != nil else { return }
        wasDrained = true
        connection.cancelHandler()
    }

    /// Nothing was written for an interval.
    func deadlinePassed() {
        // What an interval ago was to be written is still here: the client reads nothing.
        if connection.waitingOutput > 0 { connection.socket.interrupt() } else { beat() }
    }

    /// The kernel finds out whether the client is still there when it must send.
    private func beat() {
        guard let heartbeat else { return }
        append(heartbeat.bytes)
        rest()
    }

    func socketChanged() {
        if connection.socket.isInterrupted { return connection.cancelHandler() }
        // What the kernel did not take at the end of a turn leaves when it has room, though the handler writes no more.
        if !isFlushing { connection.tryFlush() }
        // A client that only finished sending still reads; one that closed answers the next byte with a reset.
        if connection.socket.hasPeerFinished, !hasAsked, connection.waitingOutput == 0 {
            hasAsked = true
            beat()
        }
    }

    /// The writers that are left are those of a handler that did not wait for them.
    func end() {
        for writer in queue { writer.resume() }
        queue = []
    }
}
