internal import TradewindHTTP
internal import TradewindReactor

extension HTTPConnection: BodySource {
    func nextChunk(of exchange: UInt32) async throws -> [UInt8]? {
        guard loop.isCurrent else {
            return try await loop.run { [self] in try await nextChunk(of: exchange) }
        }
        try check(exchange)
        var chunk: [UInt8] = []
        while chunk.isEmpty {
            if body.isComplete { return nil }
            if input.isEmpty { try await receiveBody() }
            try takeBody(upTo: BufferPool.size, into: &chunk)
        }
        return chunk
    }

    func collect(upTo limit: Int, of exchange: UInt32) async throws -> [UInt8] {
        guard loop.isCurrent else {
            return try await loop.run { [self] in try await collect(upTo: limit, of: exchange) }
        }
        try check(exchange)
        if let length = body.length, length > limit { throw BodyError.tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(body.length ?? 0, 64 * 1024))
        while true {
            // One byte more than allowed shows that there is more; only chunks can bring it.
            try takeBody(upTo: limit + 1, into: &bytes)
            if bytes.count > limit { throw BodyError.tooLarge(limit: limit) }
            if body.isComplete { break }
            if input.isEmpty { try await receiveBody() }
        }
        return body.isGzipped ? try decompress(bytes, limit: limit) : bytes
    }

    private func check(_ exchange: UInt32) throws(BodyError) {
        guard exchange == self.exchange, phase == .handling else { throw .over }
    }

    private func takeBody(upTo limit: Int, into bytes: inout [UInt8]) throws(BodyError) {
        let used = try input.withSpan { (received) throws(BodyError) in
            try body.take(from: received, upTo: limit, into: &bytes)
        }
        consumeInput(used)
    }

    /// Waits for more of the body, no longer than a client may keep us waiting: a grace, then a rate.
    private func receiveBody() async throws(BodyError) {
        if body.owesContinue {
            body.owesContinue = false
            append("HTTP/1.1 100 Continue\r\n\r\n")
            guard await flush() else { throw .truncated }
        }
        let started = loop.now
        phase = .body
        arm(Timeout(body.patience(limits)))
        let received = await receive()
        body.waited = body.waited + (loop.now - started)
        phase = .handling
        arm(timeouts.handler)
        guard received else { throw isTimedOut ? .tooSlow : .truncated }
    }

    private func decompress(_ bytes: [UInt8], limit: Int) throws(BodyError) -> [UInt8] {
        do { return try gunzip(bytes.span, limit: limit) } catch .tooLarge { throw .tooLarge(limit: limit) } catch {
            throw .malformed
        }
    }

    /// After the answer: reads what the handler left of the body, so that the next request can be found. False when
    /// that is not worth it.
    func skipBody() async -> Bool {
        var skipped: [UInt8] = []
        while !body.isComplete {
            guard (try? takeBody(upTo: .max, into: &skipped)) != nil else { return false }
            skipped.removeAll(keepingCapacity: true)
            if body.isComplete { break }
            guard (try? await receiveBody()) != nil else { return false }
        }
        return true
    }

    /// Whether the rest of the body is short enough to be read and forgotten. When not, the connection must close.
    var canSkipBody: Bool {
        if body.isComplete { return true }
        guard !body.owesContinue, let remaining = body.remaining else { return false }
        return remaining - input.count <= 64 * 1024
    }
}
