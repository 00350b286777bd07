internal import TradewindHTTP
internal import TradewindReactor

extension HTTPConnection {
    /// Writes the answer when that needs no waiting, as nearly all are written: small, and the kernel has room.
    /// Nil when it must be `send`, else whether the connection may serve another request.
    func sendAtOnce(_ response: Response, to request: Request) -> Bool? {
        guard body.isComplete, !socket.isInterrupted, input.isEmpty, !server.isDraining, request.head.keepsAlive else {
            return nil
        }
        var plan = AnswerPlan.of(response, to: request, keepsAlive: true)
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
        return true
    }

    /// Writes any answer. True when the connection may serve another request.
    func send(_ response: Response, to request: Request) async -> Bool {
        if socket.isInterrupted { return false }
        let response = await compressed(response, for: request)
        let keepsAlive = request.head.keepsAlive && !server.isDraining && canSkipBody
        var plan = AnswerPlan.of(response, to: request, keepsAlive: keepsAlive)
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
            plan.keepsAlive = true
            writeHead(response, plan.with(.none))
            guard await flush() else { return false }
            self.upgrade = upgrade as? any ConnectionUpgrade
            phase = .upgraded
            disarm()
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
    func write(_ bytes: [UInt8]) async -> Bool {
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
        phase = .streaming
        occupy(sink)
        defer {
            sink.end()
            vacate()
        }
        // The head, too, need not wait for the first of the body.
        loop.atEndOfTurn(self)
        do {
            try await produce(BodyWriter(sink))
            return sink.finish()
        } catch {
            // The head is out, so the only way left to say that this went wrong is to end before the body does. An
            // endless answer that was told to end did not go wrong.
            return error is CancellationError && sink.wasDrained ? sink.finish() : false
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

    func waitForRoom() async -> Bool {
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
    func turnEnded() { if !tryFlush() { waitToFlush() } }
}

/// Something to be done for a connection that changes its protocol.
protocol ConnectionUpgrade: Upgrade {
    func run(on connection: HTTPConnection) async
}
