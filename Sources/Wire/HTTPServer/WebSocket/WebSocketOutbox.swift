internal import TradewindHTTP
internal import TradewindReactor

/// Frames on their way to a client. Small ones are collected in the connection's buffer and leave in one system call;
/// large ones, and all that come behind them, wait as they are, shared with every other client they are sent to.
struct WebSocketOutbox {
    /// Up to this, a copy is cheaper than a system call of its own.
    private static let smallFrame = 4096
    private var frames: [[UInt8]] = []
    private var sent = 0
    private var frameBytes = 0

    func count(with connection: HTTPConnection) -> Int { connection.waitingOutput + frameBytes - sent }

    mutating func add(_ frame: [UInt8], on connection: HTTPConnection) {
        if frames.isEmpty, frame.count <= Self.smallFrame, connection.waitingOutput < 2 * BufferPool.size {
            connection.append(frame.span)
        } else {
            frames.append(frame)
            frameBytes += frame.count
        }
    }

    /// Offers everything to the kernel, until that takes no more.
    mutating func flush(to connection: HTTPConnection) {
        guard connection.tryFlush() else { return }
        var done = 0
        while done < frames.count {
            let frame = frames[done]
            sent += (try? connection.socket.tryWrite(frame.span.extracting(droppingFirst: sent))) ?? 0
            guard sent == frame.count else { break }
            frameBytes -= sent
            (done, sent) = (done + 1, 0)
        }
        frames.removeFirst(done)
        if frames.isEmpty { frames = [] }
    }

    /// Forgets the frames of which no byte has left.
    mutating func dropUnsent() {
        frames.removeLast(frames.count - (sent > 0 ? 1 : 0))
        frameBytes = frames.first?.count ?? 0
    }
}
