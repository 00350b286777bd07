internal import TradewindReactor

/// A connection's bytes, plain or through TLS. The plain way costs one branch.
struct Transport {
    let socket: Socket
    private let tls: TLSSession?

    init(_ socket: Socket) { (self.socket, tls) = (socket, nil) }

    /// Shakes hands over a connected socket.
    init(_ socket: Socket, secured session: TLSSession, by end: Instant) async throws(ClientError) {
        (self.socket, tls) = (socket, session)
        let loop = socket.loop
        let deadline = loop.deadline { [weak socket] in socket?.interrupt() }
        loop.set(deadline, to: end)
        defer { loop.set(deadline, to: .distantFuture) }
        let failure = await withTaskCancellationHandler {
            await session.shakeHands(over: socket)
        } onCancel: {
            loop.execute { socket.interrupt() }
        }
        guard let failure else { return }
        let wasInterrupted = socket.isInterrupted
        socket.close()
        if Task.isCancelled { throw .cancelled }
        throw wasInterrupted ? .connectTimedOut : failure
    }

    /// False when nothing can have come since the last read that found nothing.
    var mayRead: Bool { socket.mayRead || tls?.holdsInput == true }

    func tryRead(into buffer: inout ByteBuffer) throws(ClientError) -> Socket.ReadResult {
        if let tls { return try tls.tryRead(into: &buffer, from: socket) }
        do { return try socket.tryRead(into: &buffer) } catch { throw .connectionClosed }
    }

    /// How many bytes were taken; 0 when there is no room.
    func tryWrite(_ bytes: Span<UInt8>) throws(ClientError) -> Int {
        if let tls { return try tls.tryWrite(bytes, to: socket) }
        do {
            return try unsafe bytes.withUnsafeBytes { (bytes) throws(SystemError) in try unsafe socket.tryWrite(bytes) }
        } catch { throw .connectionClosed }
    }

    func readable() async { await socket.readable() }
    func writable() async { await socket.writable() }

    func close() {
        if !socket.isInterrupted { tls?.sayGoodbye() }
        socket.close()
    }
}
