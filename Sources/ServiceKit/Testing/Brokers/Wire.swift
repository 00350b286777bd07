internal import TradewindLocks
internal import TradewindReactor

/// The way to a server on this machine, byte for byte, which can be broken and mended.
package final class Wire: Sendable {
    package enum State: Sendable {
        case whole
        /// Nobody gets through: connections close, new ones too.
        case cut
        /// Nothing gets through, and nobody is told. What was under way arrives later.
        case silent
    }

    private typealias Break = AsyncStream<Bool>.Continuation

    private let target: SocketAddress
    /// What the server says of its own address, for clients that would go there past the wire.
    private let ownAddress: (@Sendable (UInt16) -> [UInt8])?
    private let port = Lock<UInt16>(0)
    private let state = Lock(State.whole)
    private let connections = Lock<[Int: Break]>([:])

    private init(_ target: UInt16, _ ownAddress: (@Sendable (UInt16) -> [UInt8])?) {
        (self.target, self.ownAddress) = (SocketAddress.loopback.with(port: target), ownAddress)
    }

    /// - Parameter ownAddress: how the server writes an address with a port when it sends others to itself.
    package static func laid(
        to target: UInt16, rewriting ownAddress: (@Sendable (UInt16) -> [UInt8])? = nil,
        _ body: (_ port: UInt16, Wire) async throws -> Void
    ) async throws {
        let wire = Wire(target, ownAddress)
        try await withPeer({ try await wire.carry($0) }) { url, _ in
            guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
                throw DidNotHappen("a port in \(url)")
            }
            wire.port.withLock { $0 = port }
            try await body(port, wire)
            wire.set(.cut)
        }
    }

    package func set(_ new: State) {
        state.withLock { $0 = new }
        if case .cut = new { breakAll(byReset: false) }
    }

    /// All connections end with a reset; new ones can be made at once.
    package func reset() { breakAll(byReset: true) }

    private func breakAll(byReset: Bool) {
        for connection in connections.withLock({ Array($0.values) }) { connection.yield(byReset) }
    }

    private var isSilent: Bool { state.withLock { if case .silent = $0 { true } else { false } } }
    private var isCut: Bool { state.withLock { if case .cut = $0 { true } else { false } } }

    private func untilHeard() async throws {
        while isSilent { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func carry(_ client: RawConnection) async throws {
        try await untilHeard()
        guard !isCut, let loop = EventLoop.current else { return }
        let socket = try await loop.connect(to: [target], timeout: .seconds(2))
        defer { socket.close() }
        let server = RawConnection(socket)
        let (breaks, connection) = AsyncStream<Bool>.makeStream()
        connections.withLock { $0[client.index] = connection }
        defer { connections.withLock { $0[client.index] = nil } }
        await withThrowingTaskGroup { group in
            group.addTask { try await self.pass(from: client, to: server) }
            group.addTask { try await self.pass(from: server, to: client, isRewriting: true) }
            group.addTask {
                for await byReset in breaks {
                    for end in [client, server] { byReset ? end.reset() : end.socket.interrupt() }
                    return
                }
            }
            // Whatever ends first ends the others.
            _ = try? await group.next()
            for end in [client, server] where !end.socket.isClosed { end.socket.interrupt() }
            group.cancelAll()
        }
    }

    private func pass(from: RawConnection, to: RawConnection, isRewriting: Bool = false) async throws {
        while true {
            let bytes = try await from.some()
            try await untilHeard()
            try await to.send(isRewriting ? rewritten(bytes) : bytes)
        }
    }

    private func rewritten(_ bytes: [UInt8]) -> [UInt8] {
        guard let ownAddress else { return bytes }
        let (old, new) = (ownAddress(target.port), ownAddress(port.withLock { $0 }))
        var (rest, result) = (bytes[...], [UInt8]())
        while let found = rest.firstRange(of: old) {
            result += rest[..<found.lowerBound] + new
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}
