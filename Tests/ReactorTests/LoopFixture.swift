import TradewindReactor

/// Runs `body` on a loop of its own and takes the loop down afterwards.
func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (EventLoop) async throws -> Result
) async throws -> Result {
    let group = try EventLoopGroup(count: 1)
    defer { group.shutDown() }
    let loop = group.loops[0]
    return try await Task(executorPreference: loop) { try await body(loop) }.value
}

/// A listener on a free port and the sockets it accepts.
final class Host: @unchecked Sendable {
    // Safety: used on the loop only.
    private(set) var listener: Listener?
    private var accepted: [Socket] = []
    private var waiting: CheckedContinuation<Socket, Never>?

    var address: SocketAddress { listener?.address ?? loopback }

    init(on loop: EventLoop) throws {
        listener = try Listener(loopback, on: loop, refusal: []) { [unowned self] descriptor, _ in
            guard let socket = try? Socket(descriptor, on: loop) else { return }
            if let waiting {
                self.waiting = nil
                waiting.resume(returning: socket)
            } else {
                accepted.append(socket)
            }
        }
    }

    func accept() async -> Socket {
        if let socket = accepted.popLast() { return socket }
        return await withCheckedContinuation { waiting = $0 }
    }

    func close() { listener?.close() }
}

let loopback: SocketAddress = {
    guard let address = SocketAddress(numeric: "127.0.0.1", port: 0) else { preconditionFailure("a numeric address") }
    return address
}()

extension Socket {
    func receive(_ count: Int) async throws -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1024)
        while buffer.count < count, try await read(into: &buffer) > 0 {}
        return unsafe Array(buffer.bytes)
    }

    func sendAll(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = try unsafe rest.withUnsafeBytes { try unsafe tryWrite($0) }
            rest = rest.dropFirst(sent)
            if !rest.isEmpty { await writable() }
        }
    }
}
