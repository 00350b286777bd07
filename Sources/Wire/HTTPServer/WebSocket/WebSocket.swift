package import TradewindHTTP
internal import TradewindReactor

/// Sending on a WebSocket that is closing or gone.
package struct WebSocketClosed: Error {}

/// A second task receives while one is waiting. Messages have one reader; give them on from there.
package struct WebSocketAlreadyReceiving: Error {}

/// One client's WebSocket. One task receives; any number may send.
package struct WebSocket: Sendable {
    let session: WebSocketSession

    init(_ session: WebSocketSession) { self.session = session }

    /// The next message; nil when the socket is closed, in whatever way. Until it is taken, no more is read.
    package func receive() async throws -> WebSocketMessage? {
        if session.loop.isCurrent { return try await session.receive() }
        return try await session.loop.run { [session] in try await session.receive() }
    }

    /// Waits while the client is slower than its messages.
    package func send(_ message: WebSocketMessage) async throws {
        if session.loop.isCurrent { return try await session.send(message) }
        try await session.loop.run { [session] in try await session.send(message) }
    }

    package func send(_ text: String) async throws { try await send(WebSocketMessage(text)) }

    /// Sends without waiting. A client for whom too much is waiting already is let go with 1013.
    package func offer(_ frame: WebSocketBroadcast) {
        let session = session
        session.loop.execute { session.offer(frame) }
    }

    /// Begins to close. What was sent before arrives before; `receive` gives nil from here on.
    package func close(_ code: WebSocketCloseCode = .normal, reason: String = "") {
        let session = session
        session.loop.execute { session.close(code, reason: reason) }
    }
}
