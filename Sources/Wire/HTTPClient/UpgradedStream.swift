internal import TradewindReactor

/// A connection that has left HTTP: bytes both ways, one reader and one writer at a time. Closed when dropped.
///
/// Safety: `@unchecked Sendable` because every entry point comes back to the connection's loop.
package final class UpgradedStream: @unchecked Sendable {
    private let connection: ClientConnection
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
            try connection.checkUpgraded()
            if connection.input == nil {
                guard try await connection.receiveUnlessCancelled() else { return nil }
            }
            guard let bytes = connection.input?.withSpan({ span in [UInt8](copying: span) }) else { return nil }
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
        guard phase == .upgraded else { throw .connectionClosed }
    }
}

extension [UInt8] {
    init(copying bytes: Span<UInt8>) {
        self = []
        append(copying: bytes)
    }
}
