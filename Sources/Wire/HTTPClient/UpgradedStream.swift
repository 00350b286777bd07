internal import TradewindReactor

/// A connection that has left HTTP: bytes both ways, one reader and one writer at a time. Closed when dropped.
///
/// Safety: `@unchecked Sendable` because every entry point comes back to the connection's loop.
package final class UpgradedStream: @unchecked Sendable {
    let connection: ClientConnection
    private let exchange: UInt32

    init(_ connection: ClientConnection, _ exchange: UInt32) {
        (self.connection, self.exchange) = (connection, exchange)
    }

    deinit {
        connection.loop.execute { [connection, exchange] in connection.abandon(exchange) }
    }

    /// The next bytes that came; nil when the peer has closed.
    package func read() async throws(ClientError) -> [UInt8]? {
        try await connection.onLoop { [connection] () async throws(ClientError) in
            if connection.input.isEmpty { guard try await connection.receiveUpgraded() else { return nil } }
            let bytes = connection.input.withSpan { [UInt8](copying: $0) }
            connection.consumeInput(bytes.count)
            return bytes
        }
    }

    /// Returns when the kernel has taken all of it.
    package func write(_ bytes: [UInt8]) async throws(ClientError) {
        try await connection.onLoop { [connection] () async throws(ClientError) in
            try connection.checkUpgraded()
            guard await connection.write(bytes.span) else { throw .connectionClosed }
        }
    }

    package func close() {
        connection.loop.execute { [connection, exchange] in connection.abandon(exchange) }
    }
}

extension ClientConnection {
    fileprivate func checkUpgraded() throws(ClientError) {
        guard phase == .upgraded else { throw fault ?? .connectionClosed }
    }

    /// Waits for more input than there is. False when the peer has closed.
    func receiveUpgraded() async throws(ClientError) -> Bool {
        try checkUpgraded()
        return try await receiveUnlessCancelled()
    }
}

extension [UInt8] {
    init(copying bytes: Span<UInt8>) {
        self = []
        append(copying: bytes)
    }
}
