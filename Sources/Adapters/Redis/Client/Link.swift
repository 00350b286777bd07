internal import TradewindReactor

/// A request on its way, and who wants to know.
final class Ticket {
    let request: RedisRequest
    /// How long Redis may say nothing while this is the next to be answered.
    var patience: Duration
    let since: Instant
    private let done: (Answer) -> Void
    private var values: [RedisValue] = []

    typealias Answer = Result<[RedisValue], RedisError>

    init(_ request: RedisRequest, patience: Duration, since: Instant, _ done: @escaping (Answer) -> Void) {
        (self.request, self.patience, self.since, self.done) = (request, patience, since, done)
    }

    /// Whether that was the last answer it waited for.
    func took(_ value: RedisValue) -> Bool {
        values.append(value)
        return values.count >= request.count
    }

    func succeed() { done(.success(values)) }
    func fail(_ error: RedisError) { done(.failure(error)) }
}

/// One open connection: requests leave in the order in which they came, those of a turn in one write, and answers come
/// in the same order.
///
/// Safety: confined to its loop; `@unchecked Sendable` because the socket tells it of changes there.
@safe final class Link: @unchecked Sendable {
    private let socket: Socket
    private let tls: TLSSession?
    private let reader: ReplyReader
    // Unchecked exclusivity: nothing that is called during an access comes back to the same field.
    @safe @exclusivity(unchecked) private var input = ByteBuffer()
    @safe @exclusivity(unchecked) private var output = ByteBuffer()
    @safe @exclusivity(unchecked) private var inFlight: [Ticket] = []
    @safe @exclusivity(unchecked) private var head = 0
    private var heard: Instant
    /// The kernel did not take all that was to be sent.
    private var isFull = false
    private var loop: EventLoop { socket.loop }

    /// Told once why the connection is no more, after its requests were.
    var onEnd: (RedisError) -> Void = { _ in }
    /// What others publish, on a connection that has subscribed.
    var onMessage: ((_ channel: String, _ body: [UInt8]) -> Void)?

    /// What waits to be sent at most, so that a frozen Redis does not fill our memory.
    static let mostWaiting = 64 << 20
    /// From so many bytes on they are sent at once and not at the end of the turn, so that Redis works on the first
    /// while the next are written.
    static let worthSending = 64 << 10

    init?(_ socket: Socket, _ tls: TLSSession?) {
        guard let reader = ReplyReader() else { return nil }
        (self.socket, self.tls, self.reader, heard) = (socket, tls, reader, socket.loop.now)
        socket.onChange = { [weak self] in self?.changed() }
    }

    /// When Redis has been silent for too long, if it says nothing until then.
    var due: Instant? {
        guard head < inFlight.count else { return nil }
        let first = inFlight[head]
        return max(first.since, heard) + first.patience
    }

    var isClosed: Bool { socket.isClosed }

    func send(_ ticket: Ticket) {
        let bytes = ticket.request.bytes
        guard !isClosed, bytes.count <= Self.mostWaiting - min(output.count, Self.mostWaiting) || output.isEmpty else {
            return ticket.fail(.unavailable(isClosed ? "the connection is closed" : "too much waits to be sent"))
        }
        output.append(bytes.span)
        inFlight.append(ticket)
        if output.count >= Self.worthSending { flush() }
    }

    func flush() {
        guard !isClosed, !output.isEmpty else { return }
        do throws(SystemError) {
            while !output.isEmpty {
                let bytes = unsafe output.bytes
                let count = if let tls { try unsafe tls.tryWrite(bytes) } else { try unsafe socket.tryWrite(bytes) }
                // Where there was no room there is some: Redis takes what we send, and that is a sign of life too.
                if isFull, count > 0 { heard = loop.now }
                isFull = count < bytes.count
                if count == 0 { return }
                output.consume(count)
            }
            output.giveBack(to: loop.buffers)
        } catch {
            end(.connectionLost("the connection broke: \(error.reason)"))
        }
    }

    private func changed() {
        flush()
        guard !isClosed, !socket.isInterrupted else { return }
        input.borrow(from: loop.buffers)
        do throws(SystemError) {
            while !isClosed {
                let result = if let tls { try tls.tryRead(into: &input) } else { try socket.tryRead(into: &input) }
                switch result {
                case .bytes: take()
                case .wouldBlock: return input.giveBack(to: loop.buffers)
                case .end: return end(.connectionLost("it closed the connection"))
                }
            }
        } catch {
            end(.connectionLost("the connection broke: \(error.reason)"))
        }
    }

    /// Feeds the parser what was read and hands out the answers that are whole.
    private func take() {
        heard = loop.now
        guard unsafe reader.feed(input.bytes) else { return end(.connectionLost("memory is short")) }
        input.consume(input.count)
        do throws(ReplyReader.NotRESP) {
            while !isClosed, let value = try reader.next() { hand(out: value) }
        } catch {
            end(.connectionLost("what answers is no Redis: \(error.reason)"))
        }
    }

    private func hand(out value: RedisValue) {
        if let onMessage, let parts = value.array, parts.count == 3, parts[0].text == "message",
            let channel = parts[1].text, let body = parts[2].bytes
        {
            return onMessage(channel, body)
        }
        guard head < inFlight.count else {
            // Nobody asked: its last words before it closes.
            return end(.connectionLost(value.complaint?.description ?? "it answers what nobody asked"))
        }
        let ticket = inFlight[head]
        guard ticket.took(value) else { return }
        head += 1
        if head == inFlight.count {
            inFlight.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256 {
            inFlight.removeFirst(head)
            head = 0
        }
        ticket.succeed()
    }

    /// Closes the connection. What is under way may have happened or not.
    func end(_ error: RedisError) {
        guard !isClosed else { return }
        tls?.sayGoodbye()
        socket.close()
        input.discard(to: loop.buffers)
        output.discard(to: loop.buffers)
        let lost = inFlight[head...]
        (inFlight, head) = ([], 0)
        for ticket in lost { ticket.fail(error) }
        onEnd(error)
        onEnd = { _ in }
    }
}
