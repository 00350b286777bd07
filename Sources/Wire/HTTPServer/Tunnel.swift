package import TradewindHTTP
internal import TradewindReactor

/// A client's connection that has left HTTP: bytes both ways, one reader and one writer at a time.
///
/// Safety: `@unchecked Sendable` because every entry point comes back to the connection's loop.
package final class Tunnel: @unchecked Sendable {
    private let connection: HTTPConnection

    init(_ connection: HTTPConnection) { self.connection = connection }

    /// The next bytes that came; nil when the client has finished or is gone.
    package func read() async -> [UInt8]? {
        guard connection.loop.isCurrent else { return await connection.loop.run { await self.read() } }
        if !connection.hasInput { guard await connection.receive() else { return nil } }
        var bytes: [UInt8] = []
        connection.withInput { input in unsafe input.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) } }
        connection.consumeInput(bytes.count)
        return bytes
    }

    /// Returns when the kernel has taken all of it. False when the client is gone.
    package func write(_ bytes: [UInt8]) async -> Bool {
        guard connection.loop.isCurrent else { return await connection.loop.run { await self.write(bytes) } }
        guard await connection.write(bytes) else { return false }
        return await connection.flush()
    }

    /// Both directions end; whoever reads or writes returns.
    package func cut() { connection.loop.execute { [connection] in connection.socket.interrupt() } }
}

extension Tunnel: Occupant {
    func drain() { connection.socket.interrupt() }
    func deadlinePassed() {}
    func socketChanged() {}
}

extension Response {
    /// Switches protocols: after a head with these fields the connection is `handler`'s until that returns.
    package static func tunnel(
        _ headers: HTTPHeaders, _ handler: @escaping @Sendable (Tunnel) async -> Void
    ) -> Response {
        Response(.switchingProtocols, headers: headers, body: .upgrade(TunnelUpgrade(handler: handler)))
    }
}

private struct TunnelUpgrade: ConnectionUpgrade {
    let handler: @Sendable (Tunnel) async -> Void

    func run(on connection: HTTPConnection) async {
        let tunnel = Tunnel(connection)
        connection.occupy(tunnel)
        await handler(tunnel)
        connection.vacate()
    }
}
