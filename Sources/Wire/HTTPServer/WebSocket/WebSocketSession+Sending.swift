internal import TradewindHTTP
internal import TradewindReactor

extension WebSocketSession {
    /// Bytes that the kernel has not taken yet.
    var waiting: Int { outbox.count(with: connection) }

    func send(_ message: WebSocketMessage) async throws {
        guard handshake.maySend else { throw WebSocketClosed() }
        try Task.checkCancellation()
        add(frame(of: message))
        guard waiting > options.highWater else { return }
        flush()
        // Cancelled or not, this is bounded: a client that takes nothing for too long is let go.
        while waiting > options.highWater {
            try await withCheckedThrowingContinuation { senders.append($0) }
        }
    }

    /// Compressing a larger message would keep everybody else on the loop waiting; it goes as it is.
    static let compressible = WebSocketWriter.compressionThreshold...64 * 1024

    private func frame(of message: WebSocketMessage) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(message.bytes.count + 10)
        let isWorthIt = deflate != nil && Self.compressible.contains(message.bytes.count)
        let isWritten =
            isWorthIt
            && connection.server.tools.withMessageDeflater {
                writer.append(message.kind, message.bytes.span, to: &frame, sharing: &$0)
            }
        if !isWritten { writer.append(message.kind, message.bytes.span, to: &frame) }
        return frame
    }

    func offer(_ broadcast: WebSocketBroadcast) {
        guard handshake.maySend else { return }
        let frame = broadcast.frame(for: deflate)
        guard waiting == 0 || waiting + frame.count <= options.queueLimit else {
            outbox.dropUnsent()
            return close(.tryAgainLater, reason: "too slow")
        }
        add(frame)
    }

    func add(_ frame: [UInt8]) {
        outbox.add(frame, on: connection)
        askForTurnEnd()
    }

    func askForTurnEnd() {
        guard !awaitsTurnEnd else { return }
        awaitsTurnEnd = true
        loop.atEndOfTurn(self)
    }

    func flush() {
        let before = waiting
        guard before > 0, !isOver else { return }
        outbox.flush(to: connection)
        let after = waiting
        if after < before { progressed = loop.now }
        if after <= options.highWater / 2 { resumeSenders() }
        guard after == 0 else { return rearm() }
        if leavesWhenSent { return end() }
        if let payload = owedPong.take() { pong(payload) }
    }

    func resumeSenders(throwing error: WebSocketClosed? = nil) {
        let ready = senders
        senders = []
        for sender in ready {
            if let error { sender.resume(throwing: error) } else { sender.resume() }
        }
    }

    /// A client that reads slower than it pings gets an answer to the last ping only (RFC 6455 §5.5.3).
    func pong(_ payload: [UInt8]) {
        guard handshake.maySend else { return }
        guard waiting == 0 else { return owedPong = payload }
        var frame: [UInt8] = []
        writer.appendPong(payload, to: &frame)
        add(frame)
    }
}
