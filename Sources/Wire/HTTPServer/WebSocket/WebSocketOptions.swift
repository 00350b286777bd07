/// What a WebSocket endpoint speaks, and what a client may cost.
package struct WebSocketOptions: Sendable {
    /// Those that the endpoint speaks; the first of the client's that is among them is chosen.
    package var subprotocols: [String] = []
    package var mayCompress = true
    /// Bytes of a message, after inflation (1009); nil for the server's limit.
    package var messageLimit: Int?
    /// How long a client may be silent before it is asked whether it is still there, and how long it has to say so.
    package var pingInterval = Duration.seconds(30)
    package var pongTimeout = Duration.seconds(20)
    /// How long the closing may take; then also how long a handler has to notice that its client is gone.
    package var closeTimeout = Duration.seconds(5)
    /// Bytes that may wait for a slow client before senders wait, too.
    package var highWater = 64 * 1024
    /// Bytes that broadcasts may leave waiting for a slow client before it is let go (1013).
    package var queueLimit = 1 << 20

    package init() {}
}
