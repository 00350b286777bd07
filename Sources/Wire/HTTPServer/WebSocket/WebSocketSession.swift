internal import TradewindHTTP
internal import TradewindReactor

/// A connection that speaks WebSocket. No task waits on its socket: what the loop reports is read, answered and handed
/// over right there, so that pings and closes are seen whatever the handler is doing, and an idle client costs neither
/// buffers nor zlib state.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; `WebSocket` comes there before it calls.
final class WebSocketSession: @unchecked Sendable {
    let connection: HTTPConnection
    private let agreement: WebSocketUpgrade
    let messageLimit: Int
    private var parser: WebSocketParser
    var writer: WebSocketWriter
    var handshake = WebSocketCloseHandshake(.server)

    /// The message that nobody has taken yet. While it is here nothing more is read.
    var message: WebSocketMessage?
    var receiver: CheckedContinuation<WebSocketMessage?, any Error>?
    /// A message was taken and no other asked for: its answer is still to come.
    private var isAnswering = false
    var heldClose: WebSocketEvent?
    var ender: CheckedContinuation<Void, Never>?

    var outbox = WebSocketOutbox()
    var senders: [CheckedContinuation<Void, any Error>] = []
    var owedPong: [UInt8]?
    var awaitsTurnEnd = false

    var heard: Instant
    var asked: Instant?
    var progressed: Instant
    var leavesWhenSent = false
    var isOver = false
    var groups: [WebSocketGroup] = []

    var loop: EventLoop { connection.loop }
    var options: WebSocketOptions { agreement.options }
    var deflate: PerMessageDeflate? { agreement.deflate }
    var outcome: WebSocketCloseHandshake.Outcome? { handshake.outcome }

    init(_ connection: HTTPConnection, _ agreement: WebSocketUpgrade) {
        (self.connection, self.agreement) = (connection, agreement)
        messageLimit = agreement.options.messageLimit ?? connection.limits.webSocketMessage
        parser = WebSocketParser(.server, deflate: agreement.deflate, messageLimit: messageLimit)
        writer = WebSocketWriter(deflate: agreement.deflate)
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
    func pump() {
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

    func stopAnswering() {
        isAnswering = false
        if let close = heldClose.take() { handle(close) }
    }
}
