package import TradewindHTTP
internal import TradewindLocks
internal import TradewindReactor

/// WebSockets that are sent the same things. A message is framed and compressed once, and each loop is called once for
/// all of its sockets. A socket leaves by itself when it ends.
package final class WebSocketGroup: Sendable {
    private let members = Lock<[ObjectIdentifier: LoopMembers]>([:])

    private struct LoopMembers {
        let loop: EventLoop
        var sessions: [WebSocketSession] = []
        var places: [ObjectIdentifier: Int] = [:]
    }

    package init() {}

    package var count: Int { members.withLock { $0.values.reduce(0) { $0 + $1.sessions.count } } }

    package func add(_ socket: WebSocket) {
        let session = socket.session
        session.loop.execute { [self] in
            guard session.joined(self) else { return }
            members.withLock { members in
                var own = members[ObjectIdentifier(session.loop)].take() ?? LoopMembers(loop: session.loop)
                if own.places[ObjectIdentifier(session)] == nil {
                    own.places[ObjectIdentifier(session)] = own.sessions.count
                    own.sessions.append(session)
                }
                members[ObjectIdentifier(session.loop)] = own
            }
        }
    }

    package func remove(_ socket: WebSocket) {
        let session = socket.session
        session.loop.execute { [self] in
            session.left(self)
            remove(session)
        }
    }

    func remove(_ session: WebSocketSession) {
        members.withLock { members in
            let loop = ObjectIdentifier(session.loop)
            guard let place = members[loop]?.places.removeValue(forKey: ObjectIdentifier(session)),
                let last = members[loop]?.sessions.popLast(), last !== session
            else { return }
            members[loop]?.sessions[place] = last
            members[loop]?.places[ObjectIdentifier(last)] = place
        }
    }

    /// Sends to every member without waiting for any. From one loop, messages arrive in the order they were sent in.
    package func send(_ message: WebSocketMessage) {
        let frame = WebSocketBroadcast(message)
        let loops = members.withLock { $0.values.map { ($0.loop, $0.sessions) } }
        for (loop, sessions) in loops {
            loop.execute { for session in sessions { session.offer(frame) } }
        }
    }
}

/// One for the process: broadcasts are few where sockets are many.
private let deflater = Lock<Deflater?>(nil)

extension WebSocketBroadcast {
    /// Framed once for all; compressed when that pays and does not take long.
    package init(_ message: WebSocketMessage) {
        guard WebSocketSession.compressible.contains(message.bytes.count) else {
            self.init(plain: message)
            return
        }
        self = deflater.withLock { deflater in
            if deflater == nil { deflater = try? Deflater.forMessages() }
            var broadcast: Self?
            deflater?.lend { broadcast = Self(message.kind, message.bytes.span, sharing: &$0) }
            return broadcast ?? Self(plain: message)
        }
    }
}
