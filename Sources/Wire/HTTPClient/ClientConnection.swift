internal import TradewindHTTP
internal import TradewindReactor

/// One connection to a server: sends a request, reads its response, and again. Buffers are borrowed from the loop while
/// bytes are in flight, so an idle connection holds none. One deadline is moved through the phases.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop. Streams of content carry it to their readers; their
/// entry points come back to the loop first, and cancellation comes through `EventLoop.execute`.
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

    var input: ByteBuffer?
    var output: ByteBuffer?
    var content = IncomingContent(.none)
    private(set) var phase = Phase.idle
    /// Counts requests, so that content kept beyond its exchange reads nothing of the next one's, and a late
    /// cancellation stops nobody else.
    private(set) var exchange: UInt32 = 0

    private var parser: ResponseHeadParser
    private var method = HTTPMethod.get
    private(set) var timeouts = ClientTimeouts()
    private var end = Instant.distantFuture
    private var keepsAlive = false
    private var hasSent = false
    private var hasReceived = false
    private var isUploadComplete = false
    var isUploadStopped = false
    /// Why the connection was interrupted.
    private var fault: ClientError?

    var loop: EventLoop { transport.socket.loop }
    private var limits: ClientLimits { pool.home.settings.limits }

    init(_ transport: Transport, of pool: OriginPool) {
        (self.transport, self.pool) = (transport, pool)
        born = transport.socket.loop.now
        parser = ResponseHeadParser(limits: pool.home.settings.limits.head)
        deadline = loop.deadline { [unowned self] in expire() }
        transport.socket.onInput = { [unowned self] in if phase == .idle { checkIdle() } }
    }

    static func == (a: ClientConnection, b: ClientConnection) -> Bool { a === b }

    // MARK: One exchange

    /// Sends the request and returns the response as soon as its head is there.
    func answer(
        _ request: ClientRequest, _ timeouts: ClientTimeouts, until end: Instant
    ) async throws -> ClientResponse {
        begin(request, timeouts, end)
        let exchange = exchange
        return try await withTaskCancellationHandler {
            do {
                return try response(to: request, try await exchangeHeads(request))
            } catch {
                fail()
                throw error
            }
        } onCancel: {
            loop.execute { self.cancel(exchange) }
        }
    }

    private func begin(_ request: ClientRequest, _ timeouts: ClientTimeouts, _ end: Instant) {
        exchange &+= 1
        phase = .sending
        (self.timeouts, self.end, method) = (timeouts, end, request.method)
        (keepsAlive, hasSent, hasReceived) = (false, false, false)
        (isUploadComplete, isUploadStopped) = (false, false)
    }

    private func exchangeHeads(_ request: ClientRequest) async throws -> ResponseHead {
        var buffer = loop.buffers.take()
        let unsent = buffer.append(request)
        output = consume buffer
        let isFlushed = try tryFlush()
        if isFlushed, case .nothing = unsent {
            uploadIsComplete()
            return try await receiveHead(mayUpgrade: request.upgrade != nil)
        }
        return try await upload(unsent) { () async throws(ClientError) in
            try await self.receiveHead(mayUpgrade: request.upgrade != nil)
        }
    }

    func uploadIsComplete() {
        isUploadComplete = true
        phase = .awaiting
        arm(timeouts.firstByte)
    }

    private func receiveHead(mayUpgrade: Bool) async throws(ClientError) -> ResponseHead {
        var informational = 0
        while true {
            switch input?.withSpan({ parser.parse($0, answering: method) }) {
            case .head(let head, let consumed):
                consumeInput(consumed)
                guard head.status.isInformational else { return head }
                if head.status == .switchingProtocols, mayUpgrade { return head }
                informational += 1
                guard informational <= 16, head.status != .switchingProtocols else {
                    throw .malformed(Rejection(.badGateway, "unexpected informational response"))
                }
            case .reject(let rejection): throw .malformed(rejection)
            case .needMore, nil:
                guard try await receive() else { throw .connectionClosed }
            }
        }
    }

    private func response(to request: ClientRequest, _ head: ResponseHead) throws(ClientError) -> ClientResponse {
        if head.status == .switchingProtocols {
            phase = .upgraded
            disarm()
            return ClientResponse(head: head, body: .empty, upgraded: UpgradedStream(self, exchange))
        }
        keepsAlive = head.keepsAlive
        content = IncomingContent(head.framing)
        let isCoded = request.decompresses && head.has(.contentEncoding, token: "gzip")
        // Whole answers that came with their head need no stream, and their connection is free before they are read.
        if !isCoded, let length = content.length, length <= input?.count ?? 0 {
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

    // MARK: Reading

    /// Waits until there is at least one more byte in `input`. False at the end of the stream.
    func receive() async throws(ClientError) -> Bool {
        while true {
            if transport.mayRead {
                var buffer = input.take() ?? loop.buffers.take()
                let result: Result<Socket.ReadResult, ClientError>
                do { result = .success(try transport.tryRead(into: &buffer)) } catch { result = .failure(error) }
                if buffer.isEmpty { loop.buffers.give(buffer) } else { input = consume buffer }
                switch result {
                case .success(.bytes):
                    hasReceived = true
                    return true
                case .success(.end): return false
                case .success(.wouldBlock): break
                case .failure(let error): throw fault ?? error
                }
            }
            if let fault { throw fault }
            await transport.readable()
        }
    }

    func consumeInput(_ count: Int) {
        input?.consume(count)
        if input?.isEmpty == true, let spent = input.take() { loop.buffers.give(spent) }
    }

    func takeContent(upTo limit: Int, into bytes: inout [UInt8]) throws(ClientError) {
        do throws(Rejection) {
            let used = try input?.withSpan { (received) throws(Rejection) in
                try content.take(from: received, upTo: limit, into: &bytes)
            }
            if let used { consumeInput(used) }
        } catch { throw .malformed(error) }
    }

    // MARK: Time

    /// Fires after `timeout`, or when the whole exchange has taken too long.
    func arm(_ timeout: Duration) { arm(until: loop.now + timeout) }

    func arm(until instant: Instant) {
        if let deadline { loop.set(deadline, to: min(instant, end)) }
    }

    private func disarm() {
        if let deadline { loop.set(deadline, to: .distantFuture) }
    }

    private func expire() {
        switch phase {
        case .idle: closeIdle()
        case .sending, .reading, .awaiting:
            interrupt(end <= loop.now ? .totalTimedOut : phase == .awaiting ? .firstByteTimedOut : .stalled)
        case .upgraded, .closed: break
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
        let isWorn = loop.now > born + limits.lifetime
        guard keepsAlive, isUploadComplete, input == nil, !isWorn, fault == nil else { return fail() }
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
        if let input = input.take() { loop.buffers.give(input) }
        if let output = output.take() { loop.buffers.give(output) }
        transport.close()
    }

    // MARK: Idle

    /// The pool keeps it for the next request.
    func rest() {
        if !isQuiet { return closeIdle() }
        end = .distantFuture
        arm(limits.idleTimeout)
    }

    /// Whether the server has neither closed nor said anything unasked. Asks the kernel only when something has happened.
    var isQuiet: Bool {
        guard transport.mayRead else { return true }
        var buffer = loop.buffers.take()
        let result = try? transport.tryRead(into: &buffer)
        loop.buffers.give(buffer)
        return result == .wouldBlock
    }

    private func checkIdle() {
        if !isQuiet { closeIdle() }
    }

    private func closeIdle() {
        close()
        pool.closedIdle(self)
    }

    // MARK: Writing

    /// Offers what is pending to the kernel. Returns whether all of it was taken.
    func tryFlush() throws(ClientError) -> Bool {
        guard var buffer = output.take() else { return true }
        while !buffer.isEmpty {
            let count: Int
            do { count = try buffer.withSpan { (bytes) throws(ClientError) in try transport.tryWrite(bytes) } } catch {
                loop.buffers.give(buffer)
                throw fault ?? error
            }
            guard count > 0 else {
                output = consume buffer
                return false
            }
            hasSent = true
            buffer.consume(count)
        }
        loop.buffers.give(buffer)
        return true
    }
}
