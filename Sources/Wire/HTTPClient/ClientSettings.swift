package import TradewindHTTP
internal import TradewindReactor

/// How long a request may wait for what.
package struct ClientTimeouts: Sendable {
    /// For a free connection when all are busy.
    package var queue = Duration.seconds(5)
    /// For the name's addresses, the connection and the TLS handshake, all together.
    package var connect = Duration.seconds(5)
    /// From the request's last byte to the end of the response's head.
    package var firstByte = Duration.seconds(30)
    /// For the next bytes, to come or to be taken, within a body.
    package var stall = Duration.seconds(30)
    /// From the call to the content's last byte.
    package var total = Duration.seconds(Int64.max)

    package init() {}
}

/// What connections the client keeps, for each loop and origin.
package struct ClientLimits: Sendable {
    /// Connections at a time, busy and idle.
    package var connections = 64
    /// Callers that may wait for one of them.
    package var waiting = 1024
    /// How long a connection may rest. Servers close theirs after 75 s (platform.md §3); to be first avoids the race.
    package var idleTimeout = Duration.seconds(60)
    /// After which age a connection is not used again, so that name changes and balancing take effect.
    package var lifetime = Duration.seconds(Int64.max)
    /// How large a head may be.
    package var head = HeadLimits()
    /// What `collect` takes unless told otherwise, and what may come out of decompression.
    package var content = 16 << 20

    package init() {}
}

package struct ClientSettings: Sendable {
    package var timeouts = ClientTimeouts()
    package var limits = ClientLimits()
    package var tls = TLSSettings()

    package init() {}
}

/// The times of a request as the loop counts them: `Duration` divides 128 bits, which each request would feel.
struct Waits {
    let queue: Timeout, connect: Timeout, firstByte: Timeout, stall: Timeout, total: Timeout
    let idle: Timeout, lifetime: Timeout

    init(_ timeouts: ClientTimeouts, _ limits: ClientLimits) {
        (queue, connect, firstByte) = (Timeout(timeouts.queue), Timeout(timeouts.connect), Timeout(timeouts.firstByte))
        (stall, total) = (Timeout(timeouts.stall), Timeout(timeouts.total))
        (idle, lifetime) = (Timeout(limits.idleTimeout), Timeout(limits.lifetime))
    }
}
