package import TradewindHTTP
internal import TradewindReactor

/// The client's end of a WebSocket (RFC 6455). One task receives; any number may send. Pings are answered while
/// somebody receives. Dropped without `close`, the connection is cut.
///
/// Safety: `@unchecked Sendable` because every entry point comes back to the connection's loop.
package final class ClientWebSocket: @unchecked Sendable {
    package let subprotocol: String?
    package let deflate: PerMessageDeflate?

    private let stream: UpgradedStream
    private let closeTimeout: Duration
    private var parser: WebSocketParser
    private var writer: WebSocketWriter
    private var closing = WebSocketCloseHandshake(.client)
    private var isReceiving = false
    private var patience: Deadline?

    private var isWriting = false
    private var queue: [CheckedContinuation<Void, Never>] = []
    /// A ping that came while a message was being written. Only the last one needs an answer (§5.5.3).
    private var owedPong: [UInt8]?

    private var pings: [[UInt8]: Ping] = [:]
    private var pingCount: UInt32 = 0

    private struct Ping {
        let continuation: CheckedContinuation<Bool, Never>
        let deadline: Deadline
    }

    init(_ stream: UpgradedStream, _ agreement: WebSocketClientHandshake.Agreement, _ options: ClientWebSocketOptions) {
        (self.stream, closeTimeout) = (stream, options.closeTimeout)
        (subprotocol, deflate) = (agreement.subprotocol, agreement.deflate)
        parser = WebSocketParser(.client, deflate: agreement.deflate, messageLimit: options.messageLimit)
        let keys = MaskingKeys()
        writer = WebSocketWriter(maskingKey: keys.next, deflate: agreement.deflate)
    }

    private var connection: ClientConnection { stream.connection }
    private var loop: EventLoop { connection.loop }

    // MARK: Receiving

    /// The next message; nil once the WebSocket is closed, as `outcome` tells.
    package func receive() async throws(ClientError) -> WebSocketMessage? {
        try await connection.onLoop { [self] () async throws(ClientError) in
            guard !isReceiving, closing.outcome == nil else { return nil }
            isReceiving = true
            defer { isReceiving = false }
            do throws(ClientError) { return try await nextMessage() } catch {
                closing.disconnected()
                finish()
                throw error
            }
        }
    }

    /// How it ended; nil while it is open.
    package func outcome() async -> WebSocketCloseHandshake.Outcome? {
        try? await connection.onLoop { [self] () async throws(ClientError) in closing.outcome }
    }

    private func nextMessage() async throws(ClientError) -> WebSocketMessage? {
        while true {
            switch nextEvent() {
            case .message(let message): return message
            case .ping(let payload): try await pong(payload)
            case .pong(let payload): settle(payload, true)
            case .close(let code, _):
                try await closed(by: code)
                return nil
            case .violation(let violation):
                if case .sendAndDisconnect(let code) = closing.failed(violation) {
                    try? await write(isClose: true) { writer, output in writer.appendClose(code, to: &output) }
                }
                throw .webSocketViolation(violation)
            case nil: guard try await more() else { return nil }
            }
        }
    }

    private func nextEvent() -> WebSocketEvent? {
        var used = 0
        let event = connection.input.withSpan { parser.next(in: $0, at: &used) }
        connection.consumeInput(used)
        return event
    }

    /// False at an end that was to be expected.
    private func more() async throws(ClientError) -> Bool {
        guard try await connection.receiveUpgraded() else {
            guard !closing.maySend else { throw .connectionClosed }
            closing.disconnected()
            finish()
            return false
        }
        return true
    }

    /// Answers the peer's close, or takes it as the answer to ours. The server closes the connection first (§7.1.1).
    private func closed(by code: WebSocketCloseCode?) async throws(ClientError) {
        if case .send(let code) = closing.received(code) {
            try? await write(isClose: true) { writer, output in writer.appendClose(code, to: &output) }
        }
        limitPatience()
        while (try? await connection.receiveUpgraded()) == true { connection.consumeInput(connection.input.count) }
        finish()
    }

    /// The other side has only so long to do its part of the closing.
    private func limitPatience() {
        let deadline = patience ?? loop.deadline { [connection] in connection.interrupt(.stalled) }
        loop.set(deadline, to: loop.now + closeTimeout)
        patience = deadline
    }

    private func finish() {
        if let patience { loop.set(patience, to: .distantFuture) }
        stream.close()
        for payload in pings.keys { settle(payload, false) }
    }

    // MARK: Sending

    /// Returns when the kernel has taken the message.
    package func send(_ message: WebSocketMessage) async throws(ClientError) {
        try await connection.onLoop { [self] () async throws(ClientError) in
            let home = connection.home
            try await write { writer, output in
                home.withDeflater { deflater in
                    writer.append(message.kind, message.bytes.span, to: &output, sharing: &deflater)
                } orElse: {
                    writer.append(message.kind, message.bytes.span, to: &output)
                }
            }
        }
    }

    package func send(_ text: String) async throws(ClientError) { try await send(WebSocketMessage(text)) }

    /// Begins to close and waits until the other side has answered, for `closeTimeout` at most. What it sends until
    /// then goes to whoever is receiving, or nowhere.
    package func close(_ code: WebSocketCloseCode = .normal, reason: String = "") async {
        try? await connection.onLoop { [self] () async throws(ClientError) in
            guard case .send(let code) = closing.close(code) else { return }
            try await write(isClose: true) { writer, output in writer.appendClose(code, reason: reason, to: &output) }
            limitPatience()
            while try await receive() != nil {}
        }
    }

    /// One writer at a time, in the order in which they came: a message is framed when its turn has come, since frames
    /// of one message refer to those before it.
    private func write(
        isClose: Bool = false, _ frame: (inout WebSocketWriter, inout [UInt8]) -> Void
    ) async throws(ClientError) {
        while isWriting { await withCheckedContinuation { queue.append($0) } }
        isWriting = true
        defer {
            isWriting = false
            if !queue.isEmpty { queue.removeFirst().resume() }
        }
        guard isClose || closing.maySend else { throw .connectionClosed }
        var output: [UInt8] = []
        frame(&writer, &output)
        try await stream.write(output)
        while let payload = owedPong.take(), closing.maySend {
            output.removeAll(keepingCapacity: true)
            writer.appendPong(payload, to: &output)
            try await stream.write(output)
        }
    }

    private func pong(_ payload: [UInt8]) async throws(ClientError) {
        guard closing.maySend else { return }
        if isWriting {
            owedPong = payload
        } else {
            try await write { writer, output in writer.appendPong(payload, to: &output) }
        }
    }

    // MARK: Being alive

    /// Whether the other side answers a ping in time. Somebody must be receiving meanwhile.
    package func ping(within timeout: Duration = .seconds(10)) async throws(ClientError) -> Bool {
        try await connection.onLoop { [self] () async throws(ClientError) in
            pingCount &+= 1
            let payload = (0..<4).map { UInt8(truncatingIfNeeded: pingCount >> ($0 * 8)) }
            try await write { writer, output in writer.appendPing(payload, to: &output) }
            return await withCheckedContinuation { continuation in
                let deadline = loop.deadline { [unowned self] in settle(payload, false) }
                loop.set(deadline, to: loop.now + timeout)
                pings[payload] = Ping(continuation: continuation, deadline: deadline)
            }
        }
    }

    private func settle(_ payload: [UInt8], _ isAlive: Bool) {
        guard let ping = pings.removeValue(forKey: payload) else { return }
        loop.set(ping.deadline, to: .distantFuture)
        ping.continuation.resume(returning: isAlive)
    }
}
