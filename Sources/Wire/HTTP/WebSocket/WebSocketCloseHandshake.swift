/// Who closes a WebSocket and when (RFC 6455 §7). It decides; the connection sends and disconnects.
package struct WebSocketCloseHandshake: Sendable, Equatable {
    package enum Side: Sendable { case local, remote }

    /// What the connection has to do next.
    package enum Action: Equatable, Sendable {
        /// Nothing is left to do, or only to wait for the peer (with a timer that ends in `disconnected`).
        case wait
        /// Send a close frame; nothing may be sent after it.
        case send(WebSocketCloseCode?)
        /// Send a close frame and disconnect once it is written.
        case sendAndDisconnect(WebSocketCloseCode?)
        case disconnect
    }

    package struct Outcome: Sendable, Equatable {
        /// 1005 if the close carried no code, 1006 if there was none.
        package let code: WebSocketCloseCode
        /// Who began, or nil if the connection just broke.
        package let closedBy: Side?
        /// Whether both close frames went over the wire.
        package let isClean: Bool
    }

    private enum State: Equatable {
        case open  // exits: closing (either side), closed (violation, connection lost)
        case closing(WebSocketCloseCode?)  // ours is sent. exits: closed (the peer's arrived, connection lost)
        case closed(Outcome)
    }

    private let role: WebSocketRole
    private var state = State.open

    package init(_ role: WebSocketRole) {
        self.role = role
    }

    /// Whether messages, pings and pongs may still be sent (§5.5.1).
    package var maySend: Bool { state == .open }

    /// How it ended, once it has.
    package var outcome: Outcome? {
        guard case .closed(let outcome) = state else { return nil }
        return outcome
    }

    /// Our side wants to close.
    package mutating func close(_ code: WebSocketCloseCode?) -> Action {
        guard state == .open else { return .wait }
        state = .closing(code)
        return .send(code)
    }

    /// The peer's close frame came. The server disconnects first and the client waits for it, so that no client port
    /// is left in TIME_WAIT and the client can come back at once (§7.1.1).
    package mutating func received(_ code: WebSocketCloseCode?) -> Action {
        switch state {
        case .open:
            end(code, by: .remote, isClean: true)
            return role == .server ? .sendAndDisconnect(code) : .send(code)
        case .closing(let sent):
            end(sent, by: .local, isClean: true)
            return role == .server ? .disconnect : .wait
        case .closed: return .wait
        }
    }

    /// The peer broke the protocol: say why, if it can still be said, and go (§7.1.7).
    package mutating func failed(_ violation: WebSocketViolation) -> Action {
        switch state {
        case .open:
            end(violation.closeCode, by: .local, isClean: false)
            return .sendAndDisconnect(violation.closeCode)
        case .closing(let sent):
            end(sent, by: .local, isClean: false)
            return .disconnect
        case .closed: return .wait
        }
    }

    /// The connection is gone, or we waited long enough.
    package mutating func disconnected() {
        switch state {
        case .open: state = .closed(Outcome(code: .abnormal, closedBy: nil, isClean: false))
        case .closing: state = .closed(Outcome(code: .abnormal, closedBy: .local, isClean: false))
        case .closed: break
        }
    }

    private mutating func end(_ code: WebSocketCloseCode?, by side: Side, isClean: Bool) {
        state = .closed(Outcome(code: code ?? .noStatus, closedBy: side, isClean: isClean))
    }
}
