internal import TradewindHTTP
internal import TradewindReactor

/// Whoever has a connection for longer than a request takes, and so must hear what becomes of it. On the loop.
protocol Occupant: AnyObject {
    /// The server stops and asks to be left soon.
    func drain()
    /// The connection's deadline passed, which in the phases `streaming` and `upgraded` is the occupant's to set.
    func deadlinePassed()
    func socketChanged()
}

extension HTTPConnection {
    func occupy(_ newOccupant: any Occupant) {
        occupant = newOccupant
        socket.onChange = { [unowned self] in occupant?.socketChanged() }
        if server.isDraining { newOccupant.drain() }
    }

    func vacate() { (occupant, socket.onChange) = (nil, nil) }

    var hasInput: Bool { !input.isEmpty }

    /// Lends what the client has sent and nobody has read.
    func withInput(_ body: (Span<UInt8>) -> Void) { input.withSpan(body) }

    /// Bytes that the kernel has not taken yet.
    var waitingOutput: Int { output.count }
}
