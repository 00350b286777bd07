package import TradewindHTTP
internal import TradewindReactor

/// What a client may cost. Each limit has its own answer.
package struct ServerLimits: Sendable {
    /// Request line (414), header block and number of headers (431).
    package var head = HeadLimits()
    /// Bytes of a body, after decoding (413). A route can set its own.
    package var body = 1 << 20
    /// From a head's first byte to its last (408).
    package var headTimeout = Duration.seconds(10)
    /// How long a body may keep us waiting before its rate counts, and the rate that it must then keep (408).
    package var bodyGrace = Duration.seconds(10)
    package var bodyBytesPerSecond = 1024
    /// How long a slow reader may take nothing at all (cut).
    package var stallTimeout = Duration.seconds(30)
    /// How long a connection may rest between requests (closed).
    package var idleTimeout = Duration.seconds(75)
    /// How long a handler may take to answer (503).
    package var handlerTimeout = Duration.seconds(30)
    /// Connections of the whole process (503, closed).
    package var connections = 10_000
    /// Messages on a WebSocket, after inflation (1009).
    package var webSocketMessage = 16 << 20

    package init() {}
}

/// The timeouts of the limits in the form that arms a deadline with one addition.
struct Timeouts {
    let head: Timeout, handler: Timeout, stall: Timeout, idle: Timeout
    let linger = Timeout(.seconds(2))

    init(_ limits: ServerLimits) {
        head = Timeout(limits.headTimeout)
        handler = Timeout(limits.handlerTimeout)
        stall = Timeout(limits.stallTimeout)
        idle = Timeout(limits.idleTimeout)
    }
}
