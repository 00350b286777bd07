internal import TradewindHTTP
internal import TradewindReactor

/// One connection to a server: sends a request, reads its response, and again. Buffers are borrowed from the loop while
/// bytes are in flight, so an idle connection holds none. One deadline is moved through the phases.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop. Streams of content carry it to their readers;
/// their entry points come back to the loop first, and cancellation comes through `EventLoop.execute`.
final class ClientConnection: Equatable, @unchecked Sendable {
    enum Phase {
        case idle  // in the pool. exits: sending, closed
        case sending  // exits: awaiting, closed
        case awaiting  // the request is out. exits: reading, upgraded, idle, closed
        case reading  // the head is here, the content is not. exits: idle, closed
        case upgraded  // another protocol has the connection. exits: closed
        case closed
    }

    let transport: Transport
    private let pool: OriginPool
    private let born: Instant
    private var deadline: Deadline?

    // Unchecked exclusivity, as in the server's connection: each access is to one field, within one synchronous call on
    // the loop, so no two can overlap.
    @safe @exclusivity(unchecked) var input = ByteBuffer()
    @safe @exclusivity(unchecked) var output = ByteBuffer()
    @safe @exclusivity(unchecked) var content = IncomingContent(.none)
    @safe @exclusivity(unchecked) private(set) var phase = Phase.idle
    /// Counts requests, so that content kept beyond its exchange reads nothing of the next one's, and a late
    /// cancellation stops nobody else.
    @safe @exclusivity(unchecked) private(set) var exchange: UInt32 = 0

    @safe @exclusivity(unchecked) private var parser: ResponseHeadParser
    @safe @exclusivity(unchecked) private var method = HTTPMethod.get
    @safe @exclusivity(unchecked) private(set) var waits: Waits
    @safe @exclusivity(unchecked) private var end = Instant.distantFuture
    @safe @exclusivity(unchecked) private var keepsAlive = false
    @safe @exclusivity(unchecked) var hasSent = false
    @safe @exclusivity(unchecked) var hasReceived = false
    @safe @exclusivity(unchecked) private var isUploadComplete = false
    @safe @exclusivity(unchecked) var isUploadStopped = false
    /// Why the connection was interrupted.
    @safe @exclusivity(unchecked) private(set) var fault: ClientError?

    var loop: EventLoop { transport.socket.loop }
    var home: ClientLoop { pool.home }
    private var limits: ClientLimits { home.settings.limits }

    init(_ transport: Transport, of pool: OriginPool) {
        (self.transport, self.pool) = (transport, pool)
        born = transport.socket.loop.now
        waits = pool.home.waits
        parser = ResponseHeadParser(limits: pool.home.settings.limits.head)
        deadline = loop.deadline { [unowned self] in expire() }
        transport.socket.onInput = { [unowned self] in if phase == .idle { checkIdle() } }
    }

    static func == (a: ClientConnection, b: ClientConnection) -> Bool { a === b }

    // MARK: One exchange

    /// Sends the request and returns the response as soon as its head is there.
    func answer(_ request: ClientRequest, _ waits: Waits, until end: Instant) async throws -> ClientResponse {
        begin(request, waits, end)
        let exchange = exchange, mayUpgrade = request.upgrade != nil
        do {
            let unsent = try sendHead(of: request)
            let head = try await withTaskCancellationHandler {
                guard let unsent else { return try await receiveHead(mayUpgrade) }
                return try await upload(unsent) { () async throws(ClientError) in
                    try await self.receiveHead(mayUpgrade)
                }
            } onCancel: {
                loop.execute { self.cancel(exchange) }
            }
            return try response(to: request, head)
        } catch {
            fail()
            throw error
        }
    }

    private func begin(_ request: ClientRequest, _ waits: Waits, _ end: Instant) {
        exchange &+= 1
        phase = .sending
        (self.waits, self.end, method) = (waits, end, request.method)
        (keepsAlive, hasSent, hasReceived) = (false, false, false)
        (isUploadComplete, isUploadStopped) = (false, false)
    }

    /// Nil when the whole request has left at once, as most do.
    private func sendHead(of request: ClientRequest) throws(ClientError) -> UnsentBody? {
        output.borrow(from: loop.buffers)
        let unsent = output.append(request)
        guard try tryFlush() else { return unsent }
        switch unsent {
        case .nothing: break
        case .stream: return unsent
        case .bytes(let bytes):
            let count = try transport.tryWrite(bytes.span)
            if count < bytes.count { return .bytes(bytes.dropFirst(count)) }
        }
        uploadIsComplete()
        return nil
    }

    func uploadIsComplete() {
        isUploadComplete = true
        phase = .awaiting
        arm(waits.firstByte)
    }

    private func receiveHead(_ mayUpgrade: Bool) async throws(ClientError) -> ResponseHead {
        var informational = 0
        while true {
            switch parse() {
            case .head(let head, let consumed):
                consumeInput(consumed)
                guard head.status.isInformational else { return head }
                if head.status == .switchingProtocols, mayUpgrade { return head }
                informational += 1
                guard informational <= 16, head.status != .switchingProtocols else {
                    throw .malformed(Rejection(.badGateway, "unexpected informational response"))
                }
            case .reject(let rejection): throw .malformed(rejection)
            case .needMore:
                guard try await receive() else { throw .connectionClosed }
            }
        }
    }

    private func parse() -> ResponseHeadParser.Step {
        input.isEmpty ? .needMore : input.withSpan { parser.parse($0, answering: method) }
    }

    private func response(to request: ClientRequest, _ head: ResponseHead) throws(ClientError) -> ClientResponse {
        if head.status == .switchingProtocols {
            phase = .upgraded
            end = .distantFuture
            disarm()
            return ClientResponse(head: head, body: .empty, upgraded: UpgradedStream(self, exchange))
        }
        keepsAlive = head.keepsAlive
        content = IncomingContent(head.framing)
        let isCoded = request.decompresses && !content.isComplete && head.has(.contentEncoding, token: "gzip")
        // Whole answers that came with their head need no stream, and their connection is free before they are read.
        if !isCoded, let length = content.length, length <= input.count {
            var bytes: [UInt8] = []
            try takeContent(upTo: length, into: &bytes)
            finish()
            return ClientResponse(head: head, body: ClientResponseBody(bytes, limit: limits.content))
        }
        phase = .reading
        arm(until: .distantFuture)
        let stream = ContentStream(self, exchange)
        let body = try ClientResponseBody(stream, length: content.length, isCoded: isCoded, limit: limits.content)
        return ClientResponse(head: head, body: body)
    }

    // MARK: Time

    /// Fires after `timeout`, or when the whole exchange has taken too long.
    func arm(_ timeout: Timeout) { arm(until: loop.now + timeout) }

    func arm(until instant: Instant) {
        if let deadline { loop.set(deadline, to: min(instant, end)) }
    }

    private func disarm() {
        if let deadline { loop.set(deadline, to: .distantFuture) }
    }

    private func expire() {
        switch phase {
        case .idle: closeIdle()
        case .sending, .reading, .awaiting, .upgraded:
            interrupt(end <= loop.now ? .totalTimedOut : phase == .awaiting ? .firstByteTimedOut : .stalled)
        case .closed: break
        }
    }

    func cancel(_ exchange: UInt32) {
        if exchange == self.exchange, phase != .idle { interrupt(.cancelled) }
    }

    func interrupt(_ reason: ClientError) {
        if fault == nil { fault = reason }
        transport.socket.interrupt()
    }

    // MARK: The end of an exchange

    /// Whether the request may be sent again: nothing has come back, and either it has the effect of one however often
    /// it is sent, or not a byte of it has left (RFC 9110 §9.2.2). Only a used connection dies so for no fault of ours.
    func mayRetry(_ request: ClientRequest) -> Bool {
        guard exchange > 1, !hasReceived else { return false }
        return !hasSent || request.method.isIdempotent && request.body.isReplayable
    }

    /// The content is complete.
    func finish() {
        let isWorn = loop.now > born + waits.lifetime
        guard keepsAlive, isUploadComplete, input.isEmpty, !isWorn, fault == nil else { return fail() }
        phase = .idle
        pool.returned(self)
    }

    /// Nothing more can be had from this connection.
    func fail() {
        guard phase != .closed, phase != .idle else { return }
        close()
        pool.closed()
    }

    /// Nobody wants the rest of the content. What is here already costs nothing to skip; more is not waited for.
    func abandon(_ exchange: UInt32) {
        guard exchange == self.exchange, phase == .reading || phase == .upgraded else { return }
        var skipped: [UInt8] = []
        guard phase == .reading, (try? takeContent(upTo: .max, into: &skipped)) != nil, content.isComplete else {
            return fail()
        }
        finish()
    }

    func close() {
        guard phase != .closed else { return }
        disarm()
        deadline = nil
        phase = .closed
        input.discard(to: loop.buffers)
        output.discard(to: loop.buffers)
        transport.close()
    }

    // MARK: Idle

    /// The pool keeps it for the next request.
    func rest() {
        if !isQuiet { return closeIdle() }
        end = .distantFuture
        arm(waits.idle)
    }

    /// Whether the server has neither closed nor said anything unasked. Asks the kernel only when something has
    /// happened.
    var isQuiet: Bool {
        phase != .closed && (!transport.mayRead || (try? tryReceive()) == .wouldBlock)
    }

    private func checkIdle() {
        if !isQuiet { closeIdle() }
    }

    private func closeIdle() {
        close()
        pool.closedIdle(self)
    }
}
