internal import TradewindHTTP
internal import TradewindReactor

extension WebSocketSession {
    func close(_ code: WebSocketCloseCode, reason: String = "") {
        stopAnswering()
        perform(handshake.close(code), reason: reason)
    }

    func perform(_ action: WebSocketCloseHandshake.Action, reason: String = "") {
        switch action {
        case .wait: return
        case .disconnect:
            if waiting == 0 { return end() }
            leavesWhenSent = true
        case .send(let code): sendClose(code, reason)
        case .sendAndDisconnect(let code):
            leavesWhenSent = true
            sendClose(code, reason)
        }
        message = nil
        receiver.take()?.resume(returning: nil)
        connection.arm(after: options.closeTimeout)
    }

    private func sendClose(_ code: WebSocketCloseCode?, _ reason: String) {
        var frame: [UInt8] = []
        writer.appendClose(code, reason: reason, to: &frame)
        add(frame)
    }

    /// The connection broke, or kept us waiting for too long.
    func lose() {
        handshake.disconnected()
        end()
    }

    /// Nothing more goes either way. The handler, if it is still there, gets a while to notice.
    func end() {
        guard !isOver else { return }
        isOver = true
        connection.socket.finishWriting()
        for group in groups { group.remove(self) }
        groups = []
        receiver.take()?.resume(returning: nil)
        resumeSenders(throwing: WebSocketClosed())
        ender.take()?.resume()
        connection.arm(after: options.closeTimeout)
    }

    /// Waits for the client's side of the closing.
    func ended() async {
        guard !isOver else { return }
        pump()
        await withCheckedContinuation { ender = $0 }
    }

    func joined(_ group: WebSocketGroup) -> Bool {
        guard !isOver else { return false }
        groups.append(group)
        return true
    }

    func left(_ group: WebSocketGroup) { groups.removeAll { $0 === group } }
}
