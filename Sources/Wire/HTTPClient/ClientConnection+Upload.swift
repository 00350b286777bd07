internal import TradewindHTTP
internal import TradewindReactor

/// Bodies that do not leave with their head are sent while the response is awaited, since a server may answer before it
/// has read them, and may have to be read before it takes more.
extension ClientConnection {
    func upload(
        _ body: UnsentBody, while receiveHead: @escaping () async throws(ClientError) -> ResponseHead
    ) async throws -> ResponseHead {
        arm(until: .distantFuture)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { try await self.send(body) }
            do {
                let head = try await receiveHead()
                // RFC 9112 §9.3: who was refused, or will be cut off, need not say the rest.
                if head.status.isError || !head.keepsAlive { stopUpload(group) }
                try await group.waitForAll()
                return head
            } catch let failure as ClientError {
                stopUpload(group)
                // When the producer gave up, that is the reason for everything else.
                try await group.waitForAll()
                throw failure
            }
        }
    }

    private func stopUpload(_ group: ThrowingTaskGroup<Void, any Error>) {
        isUploadStopped = true
        transport.socket.wakeWriter()
        group.cancelAll()
    }

    private func send(_ body: UnsentBody) async throws {
        switch body {
        case .nothing: break
        case .bytes(let bytes): guard await write(bytes.span) else { return }
        case .stream(let length, let produce):
            guard try await send(length, produce) else { return }
        }
        if await flush() { uploadIsComplete() }
    }

    /// False when the connection fails or the server wants no more: the response, or its absence, tells why.
    private func send(_ length: Int?, _ produce: @Sendable (BodyWriter) async throws -> Void) async throws -> Bool {
        let sink = UploadSink(self, length)
        do {
            try await produce(BodyWriter(sink))
            if sink.hasFailed { return false }
            try sink.finish()
            return true
        } catch {
            if sink.hasFailed || isUploadStopped { return false }
            interrupt(.connectionClosed)
            throw error
        }
    }

    // MARK: Output

    /// Large pieces go to the kernel from where they are.
    func write(_ bytes: Span<UInt8>) async -> Bool {
        var sent = 0
        guard await flush() else { return false }
        while sent < bytes.count {
            guard let count = try? transport.tryWrite(bytes.extracting(droppingFirst: sent)) else { return false }
            sent += count
            if sent < bytes.count { guard await waitForRoom() else { return false } }
        }
        arm(until: .distantFuture)
        return true
    }

    /// Waits until the kernel has taken everything. False when the server is gone, or wants or takes no more.
    func flush() async -> Bool {
        while true {
            guard !isUploadStopped, let isFlushed = try? tryFlush() else { return false }
            if isFlushed { return true }
            guard await waitForRoom() else { return false }
        }
    }

    private func waitForRoom() async -> Bool {
        arm(waits.stall)
        await transport.writable()
        arm(until: .distantFuture)
        return !isUploadStopped && !transport.socket.isInterrupted
    }
}

/// A streamed body on its way into the connection.
///
/// Safety: `@unchecked Sendable` because `write` comes back to the loop before it touches the connection.
private final class UploadSink: BodySink, @unchecked Sendable {
    private let connection: ClientConnection
    private let exchange: UInt32
    private let isChunked: Bool
    private var remaining: Int
    private(set) var hasFailed = false

    init(_ connection: ClientConnection, _ length: Int?) {
        (self.connection, exchange) = (connection, connection.exchange)
        (isChunked, remaining) = (length == nil, length ?? .max)
    }

    func write(_ bytes: [UInt8]) async throws {
        try await connection.onLoop { [self] () async throws(ClientError) in
            guard exchange == connection.exchange, !hasFailed else { throw .connectionClosed }
            guard bytes.count <= remaining else { throw .wrongBodyLength }
            if bytes.isEmpty { return }
            if !isChunked { remaining -= bytes.count }
            guard await send(bytes) else {
                hasFailed = true
                throw .connectionClosed
            }
        }
    }

    private func send(_ bytes: [UInt8]) async -> Bool {
        guard isChunked else { return await connection.write(bytes.span) }
        connection.appendChunk(bytes.span)
        return await connection.flush()
    }

    func finish() throws(ClientError) {
        if isChunked { return connection.appendLastChunk() }
        guard remaining == 0 else { throw .wrongBodyLength }
    }
}

extension ClientConnection {
    fileprivate func appendChunk(_ bytes: Span<UInt8>) {
        output.borrow(from: loop.buffers)
        var (size, digits, start) = (bytes.count, InlineArray<18, UInt8>(repeating: 0), 16)
        (digits[16], digits[17]) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        repeat {
            start -= 1
            let digit = UInt8(truncatingIfNeeded: size & 15)
            digits[start] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            size >>= 4
        } while size > 0
        output.append(digits.span.extracting(droppingFirst: start))
        output.append(bytes)
        output.append("\r\n")
    }

    fileprivate func appendLastChunk() {
        output.borrow(from: loop.buffers)
        output.append("0\r\n\r\n")
    }
}
