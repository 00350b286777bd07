internal import TradewindHTTP
internal import TradewindReactor

extension HTTPConnection {
    /// Writes the answer when that needs no waiting, as nearly all are written: small, and the kernel has room.
    /// Nil when it must be `send`, else whether the connection may serve another request.
    func sendAtOnce(_ response: Response, to request: Request) -> Bool? {
        guard body.isComplete, !socket.isInterrupted, input.isEmpty, !server.isDraining, request.head.keepsAlive else {
            return nil
        }
        var plan = AnswerPlan(keepsAlive: true, to: request, response)
        switch response.body {
        case .text(let text) where text.utf8.count < compressionThreshold:
            plan.framing = .length(text.utf8.count)
            writeHead(response, plan)
            if !plan.omitsBody { append(text.utf8Span.span) }
        case .bytes(let bytes) where bytes.count < compressionThreshold:
            plan.framing = .length(bytes.count)
            writeHead(response, plan)
            if !plan.omitsBody { append(bytes.span) }
        case .empty:
            plan.framing = .length(0)
            writeHead(response, plan)
        default: return nil
        }
        tryFlush()  // What the kernel does not take now goes before the next head is read.
        return true
    }

    /// Writes any answer. True when the connection may serve another request.
    func send(_ response: Response, to request: Request) async -> Bool {
        if socket.isInterrupted { return false }
        let keepsAlive = request.head.keepsAlive && !server.isDraining && canSkipBody
        var plan = AnswerPlan(keepsAlive: keepsAlive, to: request, response)
        switch response.body {
        case .empty:
            writeHead(response, plan.with(.length(0)))
        case .text(let text):
            writeHead(response, plan.with(.length(text.utf8.count)))
            if !plan.omitsBody { append(text.utf8Span.span) }
        case .bytes(let bytes):
            writeHead(response, plan.with(.length(bytes.count)))
            guard plan.omitsBody ? true : await write(bytes) else { return false }
        case .stream(let length, let produce):
            plan.framing = length.map { .length($0) } ?? (plan.isHTTP10 ? .untilClose : .chunked)
            plan.keepsAlive = plan.keepsAlive && plan.framing != .untilClose
            writeHead(response, plan)
            guard plan.omitsBody ? true : await stream(produce, plan.framing) else { return false }
        case .upgrade(let upgrade):
            writeHead(response, plan.with(.none))
            guard await flush(), let upgrade = upgrade as? any ConnectionUpgrade else { return false }
            phase = .upgraded
            disarm()
            await upgrade.run(on: self)
            return false
        }
        return await finish(plan)
    }

    private func finish(_ plan: AnswerPlan) async -> Bool {
        guard plan.keepsAlive else {
            guard await flush() else { return false }
            if !body.isComplete || !input.isEmpty { await linger() }
            return false
        }
        if !body.isComplete {
            guard await flush(), await skipBody() else { return false }
        }
        // With more requests already here, their answers leave together.
        if input.isEmpty { return await flush() }
        loop.atEndOfTurn(self)
        return output.count < 4 * BufferPool.size ? true : await flush()
    }

    /// An answer outside of any request, after which the connection ends.
    func writeRefusal(_ response: Response) {
        var plan = AnswerPlan(keepsAlive: false, isHTTP10: false, id: server.makeID(), omitsBody: false)
        guard case .bytes(let bytes) = response.body else { return }
        plan.framing = .length(bytes.count)
        writeHead(response, plan)
        append(bytes.span)
    }

    // MARK: Bodies

    /// Small bodies ride in the head's buffer; large ones go to the kernel from where they are.
    private func write(_ bytes: [UInt8]) async -> Bool {
        guard bytes.count > BufferPool.size else {
            append(bytes.span)
            return true
        }
        guard await flush() else { return false }
        var sent = 0
        while sent < bytes.count {
            let rest = bytes.span.extracting(droppingFirst: sent)
            guard let count = try? unsafe rest.withUnsafeBytes({ try unsafe socket.tryWrite($0) }) else { return false }
            sent += count
            if sent < bytes.count { guard await waitForRoom() else { return false } }
        }
        return true
    }

    private func stream(
        _ produce: @Sendable (BodyWriter) async throws -> Void, _ framing: AnswerPlan.Framing
    ) async -> Bool {
        let sink = StreamedAnswer(self, framing)
        // No deadline while the handler produces; a stalled client has its own.
        disarm()
        phase = .writing
        do {
            try await produce(BodyWriter(sink))
            return sink.finish()
        } catch {
            // The head is out, so the only way left to say that this went wrong is to end before the body does.
            return false
        }
    }

    // MARK: Output

    func withOutput(_ body: (inout ByteBuffer) -> Void) {
        output.borrow(from: loop.buffers)
        body(&output)
    }

    func append(_ bytes: Span<UInt8>) { withOutput { $0.append(bytes) } }
    func append(_ text: StaticString) { withOutput { $0.append(text) } }

    /// Offers what is pending to the kernel. Returns whether all of it was taken.
    @discardableResult
    func tryFlush() -> Bool {
        while !output.isEmpty {
            guard let count = try? unsafe socket.tryWrite(output.bytes), count > 0 else { return false }
            output.consume(count)
        }
        output.giveBack(to: loop.buffers)
        return true
    }

    /// Waits until the kernel has taken everything. False when the client is gone or reads nothing for too long.
    func flush() async -> Bool {
        while !tryFlush() {
            guard await waitForRoom() else { return false }
        }
        return true
    }

    private func waitForRoom() async -> Bool {
        if socket.isInterrupted || socket.isDead || socket.isClosed { return false }
        let interrupted = phase
        phase = .writing
        arm(timeouts.stall)
        await socket.writable()
        phase = interrupted
        return !socket.isInterrupted
    }
}

extension HTTPConnection: TurnEnd {
    /// Answers to pipelined requests leave now if the next one's handler is waiting for something.
    func turnEnded() { tryFlush() }
}

/// A streamed answer's body on its way into the connection's buffer.
///
/// Safety: `@unchecked Sendable` because `write` comes back to the loop before it touches the connection.
private final class StreamedAnswer: BodySink, @unchecked Sendable {
    private let connection: HTTPConnection
    private let exchange: UInt32
    private let framing: AnswerPlan.Framing
    private var remaining: Int

    init(_ connection: HTTPConnection, _ framing: AnswerPlan.Framing) {
        (self.connection, self.framing, exchange) = (connection, framing, connection.exchange)
        remaining = if case .length(let length) = framing { length } else { .max }
    }

    struct Overrun: Error {}

    func write(_ bytes: [UInt8]) async throws {
        let loop = connection.loop
        guard loop.isCurrent else {
            return try await withTaskExecutorPreference(loop) { try await write(bytes) }
        }
        guard exchange == connection.exchange, connection.phase == .writing else { throw BodyError.over }
        guard bytes.count <= remaining else { throw Overrun() }
        if bytes.isEmpty { return }
        if case .length = framing { remaining -= bytes.count }
        connection.withOutput { output in
            if framing == .chunked { output.append(chunkOf: bytes.count) }
            output.append(bytes.span)
            if framing == .chunked { output.append("\r\n") }
        }
        loop.atEndOfTurn(connection)
        guard connection.output.count >= 2 * BufferPool.size else { return }
        guard await connection.flush() else { throw CancellationError() }
        connection.disarm()
    }

    /// False when less was written than the head announced.
    func finish() -> Bool {
        if framing == .chunked { connection.append("0\r\n\r\n") }
        if case .length = framing { return remaining == 0 }
        return true
    }
}

/// Something to be done for a connection that changes its protocol.
protocol ConnectionUpgrade: Upgrade {
    func run(on connection: HTTPConnection) async
}
