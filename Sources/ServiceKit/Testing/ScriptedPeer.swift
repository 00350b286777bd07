internal import Synchronization
internal import TradewindLocks
package import TradewindReactor

/// One end of a connection that does, byte for byte, what a test tells it.
package final class RawConnection: Sendable {
    package let socket: Socket
    /// 0 for the first connection that the peer accepted.
    package let index: Int
    private let received = Lock<[UInt8]>([])

    package init(_ socket: Socket, index: Int = 0) { (self.socket, self.index) = (socket, index) }

    /// The next request's head, with the empty line that ends it.
    @discardableResult
    package func head() async throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let head: [UInt8]? = received.withLock { bytes in
                guard bytes.count >= 4,
                    let start = (0...bytes.count - 4).first(where: { bytes[$0..<$0 + 4] == end[...] })
                else { return nil }
                defer { bytes.removeFirst(start + 4) }
                return Array(bytes[..<(start + 4)])
            }
            if let head { return String(decoding: head, as: UTF8.self) }
            try await more()
        }
    }

    package func bytes(_ count: Int) async throws -> [UInt8] {
        while received.withLock({ $0.count }) < count { try await more() }
        return received.withLock { bytes in
            defer { bytes.removeFirst(count) }
            return Array(bytes[..<count])
        }
    }

    /// Whatever comes next.
    package func some() async throws -> [UInt8] {
        if received.withLock({ $0.isEmpty }) { try await more() }
        return received.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
    }

    /// Returns when the client has closed.
    package func end() async throws {
        do { while true { try await more() } } catch is Ended {}
    }

    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = try unsafe rest.withUnsafeBytes { try unsafe socket.tryWrite($0) }
            rest = rest.dropFirst(sent)
            if !rest.isEmpty { await socket.writable() }
        }
    }

    /// Holds the connection and says nothing, until the client closes it or the test is over.
    package func silence() async throws { try await end() }

    package func reset() { socket.reset() }

    package struct Ended: Error {}

    private func more() async throws {
        var buffer = ByteBuffer(capacity: 16 * 1024)
        guard try await socket.read(into: &buffer) > 0 else { throw Ended() }
        let bytes = unsafe Array(buffer.bytes)
        received.withLock { $0 += bytes }
    }
}

/// Serves `script` to each connection, which is closed where the script ends, while `body` runs.
@discardableResult
package func withPeer<Result>(
    _ script: @escaping @Sendable (RawConnection) async throws -> Void,
    _ body: (_ url: String, _ connections: @escaping @Sendable () -> Int) async throws -> Result
) async throws -> Result {
    try await withLoops(1) { group in
        let peer = Peer(script)
        let address = try await peer.listen(on: group.loops[0])
        defer { peer.stop(on: group.loops[0]) }
        return try await body(address.url, { peer.accepted.load(ordering: .relaxed) })
    }
}

/// Safety: `@unchecked Sendable` because all but the counter is used on the loop only.
private final class Peer: @unchecked Sendable {
    let accepted = Atomic<Int>(0)
    private let script: @Sendable (RawConnection) async throws -> Void
    private var listener: Listener?
    private var sockets: [Socket] = []

    init(_ script: @escaping @Sendable (RawConnection) async throws -> Void) { self.script = script }

    func listen(on loop: EventLoop) async throws -> SocketAddress {
        try await loop.run { [self] in try open(loop) }
    }

    private func open(_ loop: EventLoop) throws -> SocketAddress {
        let listener = try Listener(.loopback, on: loop, refusal: []) { [unowned self] descriptor, _ in
            guard let socket = try? Socket(descriptor, on: loop) else { return }
            sockets.append(socket)
            let connection = RawConnection(socket, index: accepted.wrappingAdd(1, ordering: .relaxed).oldValue)
            Task(executorPreference: loop) { [script] in
                try? await script(connection)
                connection.socket.close()
            }
        }
        self.listener = listener
        return listener.address
    }

    func stop(on loop: EventLoop) {
        loop.execute { [self] in
            listener?.close()
            for socket in sockets where !socket.isClosed { socket.interrupt() }
            sockets = []
        }
    }
}
