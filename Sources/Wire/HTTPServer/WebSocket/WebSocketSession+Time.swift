internal import TradewindHTTP
internal import TradewindReactor

extension WebSocketSession {
    /// Pings a silent client, lets go of one that does not answer, and of one that takes nothing of what it is sent.
    private func keepAlive() {
        let now = loop.now
        if isStalled { return lose() }
        if heldClose != nil { return stopAnswering() }
        // While a message waits for the handler nobody listens, and silence says nothing.
        if message != nil { heard = now }
        if let asked, heard < asked {
            if now >= asked + options.pongTimeout { return lose() }
        } else if now >= heard + options.pingInterval {
            var ping: [UInt8] = []
            writer.appendPing(to: &ping)
            add(ping)
            asked = now
        } else {
            asked = nil
        }
        rearm()
    }

    private var isStalled: Bool { waiting > 0 && loop.now >= progressed + connection.limits.stallTimeout }

    func rearm() {
        guard handshake.maySend, heldClose == nil else { return }
        let now = loop.now
        var target = asked.map { $0 + options.pongTimeout } ?? heard + options.pingInterval
        if waiting > 0 { target = min(target, progressed + connection.limits.stallTimeout) }
        connection.arm(after: max(.milliseconds(1), target - now))
    }
}

extension WebSocketSession: Occupant, TurnEnd {
    func drain() { close(.goingAway, reason: "the server stops") }

    func deadlinePassed() {
        if isOver {
            connection.cancelHandler()
        } else if handshake.maySend {
            keepAlive()
        } else if waiting > 0, !isStalled {
            // Our close is behind a long message that the client is still taking.
            connection.arm(after: options.closeTimeout)
        } else {
            lose()
        }
    }

    func socketChanged() {
        guard !isOver else { return }
        if connection.socket.isDead || connection.socket.isInterrupted { return lose() }
        flush()
        pump()
    }

    func turnEnded() {
        awaitsTurnEnd = false
        flush()
        if message == nil { pump() }
    }
}
