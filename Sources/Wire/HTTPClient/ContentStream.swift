internal import TradewindHTTP
internal import TradewindReactor

/// Content on its way: keeps its connection busy until it is read to its end or dropped.
///
/// Safety: `@unchecked Sendable` because `next` comes back to the loop before it touches anything.
final class ContentStream: @unchecked Sendable {
    private let connection: ClientConnection
    private let exchange: UInt32
    private var isOver = false

    init(_ connection: ClientConnection, _ exchange: UInt32) {
        (self.connection, self.exchange) = (connection, exchange)
    }

    deinit {
        guard !isOver else { return }
        connection.loop.execute { [connection, exchange] in connection.abandon(exchange) }
    }

    /// The next bytes; nil at the end.
    func next() async throws(ClientError) -> [UInt8]? {
        try await connection.onLoop { [self] () async throws(ClientError) in
            if isOver { return nil }
            let piece = try await connection.nextPiece(of: exchange)
            if piece == nil { isOver = true }
            return piece
        }
    }
}

extension ClientConnection {
    /// Runs `body` on the connection's loop, where the caller usually is.
    func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable () async throws(ClientError) -> Result
    ) async throws(ClientError) -> Result {
        if loop.isCurrent { return try await body() }
        return try await loop.run(body)
    }

    fileprivate func nextPiece(of exchange: UInt32) async throws(ClientError) -> [UInt8]? {
        guard exchange == self.exchange, phase == .reading else { throw .contentTaken }
        do throws(ClientError) {
            var piece: [UInt8] = []
            while piece.isEmpty {
                if content.isComplete {
                    finish()
                    return nil
                }
                if input.isEmpty { try await receiveContent() }
                try takeContent(upTo: BufferPool.size, into: &piece)
            }
            return piece
        } catch {
            fail()
            throw error
        }
    }

    /// Waits for more content, or finds that the connection's end is the content's.
    private func receiveContent() async throws(ClientError) {
        arm(waits.stall)
        guard try await receiveUnlessCancelled() else {
            guard content.end() else { throw .connectionClosed }
            return
        }
        arm(until: .distantFuture)
    }

    func receiveUnlessCancelled() async throws(ClientError) -> Bool {
        let exchange = exchange
        do {
            return try await withTaskCancellationHandler {
                try await receive()
            } onCancel: {
                loop.execute { self.cancel(exchange) }
            }
        } catch { throw error as? ClientError ?? .cancelled }
    }
}

/// Content without its gzip coding, bounded whatever the ratio.
///
/// Safety: `@unchecked Sendable` because it has one reader, as every content has.
final class GzipStream: @unchecked Sendable {
    private let coded: ContentStream
    private var inflater: Inflater
    private var input: [UInt8] = []
    private var offset = 0

    init(_ coded: ContentStream, limit: Int) throws(ClientError) {
        self.coded = coded
        do { inflater = try Inflater(.gzip, limit: limit) } catch { throw ClientError(error) }
    }

    func next() async throws(ClientError) -> [UInt8]? {
        var piece: [UInt8] = []
        while true {
            let progress = try inflate(into: &piece)
            if !piece.isEmpty { return piece }
            if case .full = progress { continue }
            guard let more = try await coded.next() else {
                do { try inflater.finish() } catch { throw ClientError(error) }
                return nil
            }
            (input, offset) = (more, 0)
        }
    }

    private func inflate(into piece: inout [UInt8]) throws(ClientError) -> Inflater.Progress {
        let input = input
        do {
            return try inflater.inflate(input.span, from: &offset, into: &piece, upTo: 4 * BufferPool.size)
        } catch { throw ClientError(error) }
    }
}

extension ClientError {
    fileprivate init(_ error: InflateError) {
        if case .tooLarge(let limit) = error { self = .tooLarge(limit: limit) } else { self = .corruptContent }
    }
}
