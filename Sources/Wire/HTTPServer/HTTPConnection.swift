internal import TradewindHTTP
internal import TradewindReactor

/// One client's connection: reads a head, has it answered, writes the answer, and again.
///
/// Buffers are borrowed from the loop while bytes are in flight, and a hand of the crew while there is something to do,
/// so a connection that rests holds neither. One deadline is moved through the phases; what it means when it passes is
/// written in `expire`.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop. Request bodies and body writers carry it into
/// handlers; their entry points come back to the loop first.
final class HTTPConnection: @unchecked Sendable {
    enum Phase {
        case idle  // exits: head (first byte), closed
        case head  // exits: handling (complete), closed
        case handling  // exits: body, writing, streaming, upgraded, idle, abandoned
        case body  // a handler waits for the client. exits: handling
        case writing  // the client is slower than we are. exits: where it came from, closed
        case streaming  // a handler writes its answer as it goes. exits: writing, idle, closed
        case lingering  // answered; reads what the client still sends. exits: closed
        case upgraded  // another protocol has the connection. exits: closed
    }

    let server: ServerLoop
    let socket: Socket
    let peer: Peer
    /// Where the server keeps this connection in its list.
    var place = 0

    // Unchecked exclusivity, measured at a fifth of a request's instructions: each access is to one field, within one
    // synchronous call on the loop, so no two can overlap.
    @safe @exclusivity(unchecked) var input = ByteBuffer()
    @safe @exclusivity(unchecked) var output = ByteBuffer()
    @safe @exclusivity(unchecked) var phase = Phase.idle
    @safe @exclusivity(unchecked) var body = IncomingBody.none
    /// Counts requests, so that a body kept beyond its request reads nothing of the next one's.
    @safe @exclusivity(unchecked) var exchange: UInt32 = 0
    @safe @exclusivity(unchecked) var isTimedOut = false

    @safe @exclusivity(unchecked) private var parser: RequestHeadParser
    @safe @exclusivity(unchecked) private var deadline: Deadline?
    /// Who serves this connection, or is about to; nobody while it waits for the client's next request.
    @safe @exclusivity(unchecked) var hand: Hand?
    /// Whether it was last served with a pause: its handler had something to wait for.
    @safe @exclusivity(unchecked) var waits = false
    /// Has the connection once it speaks another protocol.
    private var conversation: Task<Void, Never>?

    var loop: EventLoop { server.loop }
    var limits: ServerLimits { server.limits }
    var timeouts: Timeouts { server.timeouts }

    init(_ socket: Socket, of server: ServerLoop, peer: SocketAddress?) {
        (self.socket, self.server) = (socket, server)
        let host = peer?.host ?? ""
        self.peer = Peer { host }
        parser = RequestHeadParser(limits: server.limits.head)
    }

    func start() {
        deadline = loop.deadline { [unowned self] in expire() }
        socket.onDeath = { [unowned self] in if phase != .upgraded { cancelHandler() } }
        socket.onInput = { [unowned self] in wake() }
        arm(timeouts.idle)
    }

    /// Something happened that a connection at rest must look at; one that is served will come to it.
    private func wake() {
        if hand == nil, conversation == nil, !socket.isClosed { server.crew.serve(self) }
    }

    /// Goes on until there is nothing to do but wait for the client, or nothing at all: then it is false.
    func serve() async -> Bool {
        while true {
            switch next() {
            case .head(let head): guard await exchange(head) else { return false }
            case .rest: return true
            case .flush: guard await flush() else { return false }
            case .refuse(let problem):
                await refuse(problem)
                return false
            case .over: return false
            }
        }
    }

    /// There is no more to be served.
    func leave() {
        guard let upgrade else { return end() }
        self.upgrade = nil
        parser.releaseMemory()
        conversation = Task(executorPreference: loop) { [self] in
            await upgrade.run(on: self)
            end()
        }
    }

    /// Has one request answered and writes the answer. True when the connection may serve another.
    private func exchange(_ head: RequestHead) async -> Bool {
        var request = begin(head)
        let response: Response
        do {
            let handler = try server.responder.handler(for: &request)
            response = try await handler(request)
        } catch {
            response = explain(error, to: request)
        }
        if let keepsAlive = sendAtOnce(response, to: request) { return keepsAlive }
        return await send(response, to: request)
    }

    private func end() {
        tryFlush()
        disarm()
        deadline = nil
        input.discard(to: loop.buffers)
        output.discard(to: loop.buffers)
        socket.close()
        conversation = nil
        server.ended(self)
    }

    // MARK: One request

    private enum Next {
        case head(RequestHead)
        case rest, flush, over
        case refuse(Problem)
    }

    /// What is to be done between requests. Goes as far as it can without waiting.
    private func next() -> Next {
        while true {
            if !input.isEmpty {
                switch input.withSpan({ parser.parse($0) }) {
                case .head(let head, let consumed):
                    consumeInput(consumed)
                    return .head(head)
                case .reject(let rejection):
                    return .refuse(Problem(rejection.status, detail: rejection.reason.description))
                case .needMore where phase != .head:
                    // From the first byte on the whole head has one deadline, which later bytes do not move.
                    phase = .head
                    arm(timeouts.head)
                case .needMore: break
                }
            } else if phase != .idle {
                phase = .idle
                arm(timeouts.idle)
            }
            if isTimedOut {
                return phase == .head ? .refuse(Problem(.requestTimeout, detail: "the head came too slowly")) : .over
            }
            if !output.isEmpty {
                if !socket.mayWrite || socket.isDead { return .flush }
                loop.atEndOfTurn(self)
            }
            if phase == .idle, server.isDraining { return .over }
            guard socket.mayRead else { return socket.isInterrupted ? .over : .rest }
            switch tryReceive() {
            case .bytes: continue
            case .wouldBlock: return .rest
            case .end: return .over
            }
        }
    }

    private func begin(_ head: RequestHead) -> Request {
        phase = .handling
        exchange &+= 1
        body = IncomingBody(head)
        arm(timeouts.handler)
        return Request(
            head: head, id: server.id(for: head), peer: peer,
            body: body.isComplete
                ? .empty : RequestBody(source: self, exchange: exchange, length: body.length, limit: limits.body))
    }

    private func explain(_ error: any Error, to request: Request) -> Response {
        // A cancelled handler belongs to a client that is gone or was answered by `abandon`.
        if !(error is any ProblemConvertible || error is CancellationError) { server.observer.failed(error, request) }
        return Problem(answering: error).response(to: request)
    }

    /// Answers what never became a request, and ends.
    private func refuse(_ problem: Problem) async {
        exchange &+= 1
        server.observer.refused(problem.status)
        let response = problem.response(requestID: server.makeID(), instance: nil)
        writeRefusal(response)
        _ = await flush()
        await linger()
    }

    // MARK: Reading

    /// Waits until there is at least one more byte in `input`. False at the end of the stream, after an error, or when
    /// the deadline passed.
    func receive() async -> Bool {
        while !isTimedOut {
            if !socket.mayRead { await socket.readable() }
            switch tryReceive() {
            case .bytes: return true
            case .wouldBlock: continue
            case .end: return false
            }
        }
        return false
    }

    func tryReceive() -> Socket.ReadResult {
        input.borrow(from: loop.buffers)
        let result = (try? socket.tryRead(into: &input)) ?? .end
        input.giveBack(to: loop.buffers)
        return result
    }

    func consumeInput(_ count: Int) {
        input.consume(count)
        input.giveBack(to: loop.buffers)
    }

    // MARK: Time and the end

    func arm(_ timeout: Timeout) {
        if let deadline { loop.set(deadline, to: loop.now + timeout) }
    }

    func disarm() {
        if let deadline { loop.set(deadline, to: .distantFuture) }
    }

    private func expire() {
        switch phase {
        case .idle, .head:
            isTimedOut = true
            wake()
        case .body:
            isTimedOut = true
            socket.wakeReader()
        case .handling: abandon()
        case .writing, .lingering: socket.interrupt()
        case .streaming, .upgraded: occupant?.deadlinePassed()
        }
    }

    /// The handler took too long. It may still be waiting for something, so the answer is written over its head.
    private func abandon() {
        if output.isEmpty {
            writeRefusal(
                Problem(.serviceUnavailable, detail: "the answer took too long").response(
                    requestID: server.makeID(), instance: nil))
            tryFlush()
        }
        cut()
    }

    /// Ends the connection whatever it is doing. What the kernel has already taken still reaches the client.
    func cut() {
        socket.finishWriting()
        interrupt()
        cancelHandler()
    }

    private func interrupt() {
        socket.interrupt()
        wake()
    }

    /// Lets go of an idle connection; a busy one ends after its answer.
    func drain() {
        if phase == .idle { interrupt() } else { occupant?.drain() }
    }

    /// Closing while the client is still sending would make the kernel reset the connection and the answer be lost, so
    /// what it sends is read for a moment (RFC 9112 §9.6).
    func linger(upTo limit: Int = 1 << 20) async {
        phase = .lingering
        socket.finishWriting()
        arm(timeouts.linger)
        var discarded = 0
        while discarded < limit {
            discarded += input.count
            consumeInput(input.count)
            guard await receive() else { return }
        }
    }

    // MARK: Long answers and other protocols

    /// What has this connection for longer than a request takes.
    var occupant: (any Occupant)?
    /// The protocol that goes on where HTTP has ended.
    var upgrade: (any ConnectionUpgrade)?

    func cancelHandler() {
        hand?.cancel(self)
        conversation?.cancel()
    }

    /// The end of a turn has left some of the answer behind.
    func waitToFlush() {
        socket.wakeReader()
        wake()
    }

    func arm(after duration: Duration) { arm(Timeout(duration)) }
}
