internal import TradewindHTTP

/// The zlib states of a loop: a quarter of a megabyte each, so all connections share them. Made when first needed.
struct LoopTools: ~Copyable {
    private var messageDeflater: Deflater?

    /// False when there is no memory for it: then nothing was done, and the caller goes on without compression.
    mutating func withMessageDeflater(_ body: (inout Deflater) -> Void) -> Bool {
        guard var deflater = messageDeflater.take() ?? (try? Deflater.forMessages()) else { return false }
        body(&deflater)
        messageDeflater = consume deflater
        return true
    }
}
