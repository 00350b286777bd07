internal import TradewindHTTP
internal import TradewindReactor

/// Bytes between the transport and the connection's buffers. Tried first, awaited only when the kernel says so.
extension ClientConnection {
    /// Waits until there is at least one more byte in `input`. False at the end of the stream.
    func receive() async throws(ClientError) -> Bool {
        while true {
            if !transport.mayRead, fault == nil { await transport.readable() }
            switch try tryReceive() {
            case .bytes: return true
            case .wouldBlock: continue
            case .end: return false
            }
        }
    }

    func tryReceive() throws(ClientError) -> Socket.ReadResult {
        input.borrow(from: loop.buffers)
        defer { input.giveBack(to: loop.buffers) }
        do {
            let result = try transport.tryRead(into: &input)
            if case .bytes = result { hasReceived = true }
            return result
        } catch { throw fault ?? error }
    }

    func consumeInput(_ count: Int) {
        input.consume(count)
        input.giveBack(to: loop.buffers)
    }

    func takeContent(upTo limit: Int, into bytes: inout [UInt8]) throws(ClientError) {
        do throws(Rejection) {
            let used = try input.withSpan { (received) throws(Rejection) in
                try content.take(from: received, upTo: limit, into: &bytes)
            }
            consumeInput(used)
        } catch { throw .malformed(error) }
    }

    // MARK: Writing

    /// Offers what is pending to the kernel. Returns whether all of it was taken.
    func tryFlush() throws(ClientError) -> Bool {
        while !output.isEmpty {
            let count: Int
            do { count = try output.withSpan { (bytes) throws(ClientError) in try transport.tryWrite(bytes) } } catch {
                throw fault ?? error
            }
            guard count > 0 else { return false }
            hasSent = true
            output.consume(count)
        }
        output.giveBack(to: loop.buffers)
        return true
    }
}
