internal import TradewindHTTP
internal import TradewindReactor

/// The part of a server that lives on one loop: its listener, its connections, and what they share.
///
/// Safety: `@unchecked Sendable` because everything in it is confined to the loop; the server reaches it through
/// `EventLoop.execute` and tasks of the loop only.
final class ServerLoop: @unchecked Sendable {
    let loop: EventLoop
    let responder: any Responder
    let limits: ServerLimits
    let timeouts: Timeouts
    let observer: ServerObserver
    let crew: Crew
    private let places: Places

    private var listener: Listener?
    private var connections: [HTTPConnection] = []
    private var whenEmpty: CheckedContinuation<Void, Never>?
    @safe @exclusivity(unchecked) private(set) var isDraining = false

    @safe @exclusivity(unchecked) private var standing = StandingFields()
    @safe @exclusivity(unchecked) private var entropy = Entropy()

    init(loop: EventLoop, responder: any Responder, limits: ServerLimits, observer: ServerObserver, places: Places) {
        (self.loop, self.responder, self.limits) = (loop, responder, limits)
        (self.observer, self.places) = (observer, places)
        (timeouts, crew) = (Timeouts(limits), Crew(of: loop))
    }

    // MARK: Connections

    func listen(on address: SocketAddress) throws(SystemError) -> SocketAddress {
        let listener = try Listener(address, on: loop, refusal: overloaded) { [unowned self] descriptor, peer in
            accept(descriptor, from: peer)
        }
        self.listener = listener
        return listener.address
    }

    private func accept(_ descriptor: consuming Descriptor, from peer: SocketAddress?) {
        guard places.take() else { return Listener.refuse(descriptor, with: overloaded) }
        guard let socket = try? Socket(descriptor, on: loop) else { return places.give() }
        let connection = HTTPConnection(socket, of: self, peer: peer)
        connection.place = connections.count
        connections.append(connection)
        connection.start()
    }

    func ended(_ connection: HTTPConnection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.place] = last
            last.place = connection.place
        }
        places.give()
        if connections.isEmpty { resumeDrain() }
    }

    /// Takes no more connections, lets the idle ones go, and returns when the last has answered what it was asked.
    func drain() async {
        stopListening()
        isDraining = true
        for connection in connections { connection.drain() }
        if !connections.isEmpty { await withCheckedContinuation { whenEmpty = $0 } }
        crew.dismiss()
    }

    func stopListening() {
        listener?.close()
        listener = nil
    }

    /// Ends every connection, whatever it is doing.
    func cut() {
        for connection in connections { connection.cut() }
    }

    private func resumeDrain() {
        let waiting = whenEmpty
        whenEmpty = nil
        waiting?.resume()
    }

    // MARK: What answers share

    var tools = LoopTools()
    /// Set before the server listens.
    var workers: WorkerPool?

    var standingFields: StandingFields {
        standing.refresh(at: loop.now)
        return standing
    }

    func id(for head: RequestHead) -> RequestID {
        RequestID(of: head) ?? makeID()
    }

    func makeID() -> RequestID {
        standing.refresh(at: loop.now)
        return RequestID(milliseconds: standing.milliseconds(at: loop.now), random: (entropy.next(), entropy.next()))
    }
}

/// What a caller reads for whom there is no room. It needs neither a request nor a buffer.
private let overloaded = Array(
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8)
