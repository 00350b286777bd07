internal import TradewindHTTP
internal import TradewindReactor

/// A connection that speaks WebSocket. No task waits on its socket: what the loop reports is read, answered and handed
/// over right there, so that pings and closes are seen whatever the handler is doing, and an idle client costs neither
/// buffers nor zlib state.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; `WebSocket` comes there before it calls.
final class WebSocketSession: @unchecked Sendable {
    let connection: HTTPConnection
    let options: WebSocketOptions
    let messageLimit: Int
    private let deflate: PerMessageDeflate?
    private var parser: WebSocketParser
    private var writer: WebSocketWriter
    private var handshake = WebSocketCloseHandshake(.server)

    /// The message that nobody has taken yet. While it is here nothing more is read.
    private var message: WebSocketMessage?
    private var receiver: CheckedContinuation<WebSocketMessage?, any Error>?
    /// A message was taken and no other asked for: its answer is still to come.
    private var isAnswering = false
    private var heldClose: WebSocketEvent?
    private var ender: CheckedContinuation<Void, Never>?

    private var outbox = WebSocketOutbox()
    private var senders: [CheckedContinuation<Void, any Error>] = []
    private var owedPong: [UInt8]?
    private var awaitsTurnEnd = false

    private var heard: Instant
    private var asked: Instant?
    private var progressed: Instant
    private var leavesWhenSent = false
    private var isOver = false
    private var groups: [WebSocketGroup] = []

    var loop: EventLoop { connection.loop }
    var outcome: WebSocketCloseHandshake.Outcome? { handshake.outcome }

    init(_ connection: HTTPConnection, _ deflate: PerMessageDeflate?, _ options: WebSocketOptions) {
        (self.connection, self.deflate, self.options) = (connection, deflate, options)
        messageLimit = options.messageLimit ?? connection.limits.webSocketMessage
        parser = WebSocketParser(.server, deflate: deflate, messageLimit: messageLimit)
        writer = WebSocketWriter(deflate: deflate)
        (heard, progressed) = (connection.loop.now, connection.loop.now)
    }

    /// What the client sent right behind its request is here already.
    func start() {
        pump()
        rearm()
    }

    // MARK: Receiving

    func receive() async throws -> WebSocketMessage? {
        stopAnswering()
        if message == nil { pump() }
        if let next = message.take() {
            isAnswering = true
            // What lies behind it may be a ping or a close, and no event will come for what is here already.
            if connection.hasInput || connection.socket.mayRead { askForTurnEnd() }
            return next
        }
        guard handshake.maySend else { return nil }
        guard receiver == nil else { throw WebSocketAlreadyReceiving() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { receiver in
                if Task.isCancelled { receiver.resume(throwing: CancellationError()) } else { self.receiver = receiver }
            }
        } onCancel: {
            loop.execute { [self] in receiver.take()?.resume(throwing: CancellationError()) }
        }
    }

    /// Reads until a message waits to be taken or nothing more is there, but not so long that others must wait.
    private func pump() {
        var reads = 16
        while message == nil, heldClose == nil, !isOver, !leavesWhenSent {
            if let event = parse() {
                handle(event)
            } else if reads == 0 {
                // Behind everything that is queued on the loop by now.
                Task(executorPreference: loop) { [self] in pump() }
                return
            } else {
                reads -= 1
                switch connection.tryReceive() {
                case .bytes: heard = loop.now
                case .wouldBlock: return
                case .end: return lose()
                }
            }
        }
    }

    private func parse() -> WebSocketEvent? {
        var event: WebSocketEvent?
        var offset = 0
        connection.withInput { event = parser.next(in: $0, at: &offset) }
        connection.consumeInput(offset)
        return event
    }

    private func handle(_ event: WebSocketEvent) {
        switch event {
        case .message(let next): deliver(next)
        case .ping(let payload): pong(payload)
        case .pong: break  // Every byte heard is a sign of life; see `heard`.
        case .close where isAnswering: hold(event)
        case .close(let code, _): perform(handshake.received(code))
        case .violation(let violation): perform(handshake.failed(violation))
        }
    }

    private func deliver(_ next: WebSocketMessage) {
        guard handshake.maySend else { return }  // We are closing: nobody waits for messages any more.
        guard let receiver = receiver.take() else { return message = next }
        isAnswering = true
        receiver.resume(returning: next)
    }

    /// A client that closes right behind a message still gets the answer to it: our close may come after what we are
    /// sending (RFC 6455 §5.5.1). But not for long, for the handler may have nothing to say.
    private func hold(_ close: WebSocketEvent) {
        heldClose = close
        connection.arm(after: options.closeTimeout)
    }

    private func stopAnswering() {
        isAnswering = false
        if let close = heldClose.take() { handle(close) }
    }

    /// A client that reads slower than it pings gets an answer to the last ping only (RFC 6455 §5.5.3).
    private func pong(_ payload: [UInt8]) {
        guard handshake.maySend else { return }
        guard waiting == 0 else { return owedPong = payload }
        var frame: [UInt8] = []
        writer.appendPong(payload, to: &frame)
        add(frame)
    }

    // MARK: Sending

    /// Bytes that the kernel has not taken yet.
    private var waiting: Int { outbox.count(with: connection) }

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

    private func add(_ frame: [UInt8]) {
        outbox.add(frame, on: connection)
        askForTurnEnd()
    }

    private func askForTurnEnd() {
        guard !awaitsTurnEnd else { return }
        awaitsTurnEnd = true
        loop.atEndOfTurn(self)
    }

    private func flush() {
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

    private func resumeSenders(throwing error: WebSocketClosed? = nil) {
        let ready = senders
        senders = []
        for sender in ready {
            if let error { sender.resume(throwing: error) } else { sender.resume() }
        }
    }

    // MARK: Closing

    func close(_ code: WebSocketCloseCode, reason: String = "") {
        stopAnswering()
        perform(handshake.close(code), reason: reason)
    }

    private func perform(_ action: WebSocketCloseHandshake.Action, reason: String = "") {
        switch action {
        case .wait: return
        case .disconnect:
            if waiting == 0 { return end() }
            leavesWhenSent = true
        case .send(let code): sendClose(code, reason)
        case .sendAndDisconnect(let code):
            leavesWhenSent = true
            sendClose(code, reason)
        }
        message = nil
        receiver.take()?.resume(returning: nil)
        connection.arm(after: options.closeTimeout)
    }

    private func sendClose(_ code: WebSocketCloseCode?, _ reason: String) {
        var frame: [UInt8] = []
        writer.appendClose(code, reason: reason, to: &frame)
        add(frame)
    }

    /// The connection broke, or kept us waiting for too long.
    private func lose() {
        handshake.disconnected()
        end()
    }

    /// Nothing more goes either way. The handler, if it is still there, gets a while to notice.
    private func end() {
        guard !isOver else { return }
        isOver = true
        connection.socket.finishWriting()
        for group in groups { group.remove(self) }
        groups = []
        receiver.take()?.resume(returning: nil)
        resumeSenders(throwing: WebSocketClosed())
        ender.take()?.resume()
        connection.arm(after: options.closeTimeout)
    }

    /// Waits for the client's side of the closing.
    func ended() async {
        guard !isOver else { return }
        pump()
        await withCheckedContinuation { ender = $0 }
    }

    func joined(_ group: WebSocketGroup) -> Bool {
        guard !isOver else { return false }
        groups.append(group)
        return true
    }

    func left(_ group: WebSocketGroup) { groups.removeAll { $0 === group } }

    // MARK: Time

    /// Pings a silent client, lets go of one that does not answer, and of one that takes nothing of what it is sent.
    private func keepAlive() {
        let now = loop.now
        if isStalled { return lose() }
        if heldClose != nil { return stopAnswering() }
        // While a message waits for the handler nobody listens, and silence says nothing.
        if message != nil { heard = now }
        if let asked, heard < asked {
            if now >= asked + options.pongTimeout { return lose() }
        } else if now >= heard + options.pingInterval {
            var ping: [UInt8] = []
            writer.appendPing(to: &ping)
            add(ping)
            asked = now
        } else {
            asked = nil
        }
        rearm()
    }

    private var isStalled: Bool { waiting > 0 && loop.now >= progressed + connection.limits.stallTimeout }

    private func rearm() {
        guard handshake.maySend, heldClose == nil else { return }
        let now = loop.now
        var target = asked.map { $0 + options.pongTimeout } ?? heard + options.pingInterval
        if waiting > 0 { target = min(target, progressed + connection.limits.stallTimeout) }
        connection.arm(after: max(.milliseconds(1), target - now))
    }
}

extension WebSocketSession: Occupant, TurnEnd {
    func drain() { close(.goingAway, reason: "the server stops") }

    func deadlinePassed() {
        if isOver {
            connection.cancelHandler()
        } else if handshake.maySend {
            keepAlive()
        } else if waiting > 0, !isStalled {
            // Our close is behind a long message that the client is still taking.
            connection.arm(after: options.closeTimeout)
        } else {
            lose()
        }
    }

    func socketChanged() {
        guard !isOver else { return }
        if connection.socket.isDead || connection.socket.isInterrupted { return lose() }
        flush()
        pump()
    }

    func turnEnded() {
        awaitsTurnEnd = false
        flush()
        if message == nil { pump() }
    }
}
