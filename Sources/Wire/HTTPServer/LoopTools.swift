internal import TradewindHTTP

/// The zlib states of a loop: a quarter of a megabyte each, so all connections share them. Made when first needed.
struct LoopTools: ~Copyable {
    private var messages: Deflater?

    /// False when there is no memory for it: then nothing was done, and the caller goes on without compression.
    mutating func withMessageDeflater(_ body: (inout Deflater) -> Void) -> Bool {
        if messages == nil { messages = try? Deflater.forMessages() }
        return messages?.lend(to: body) != nil
    }
}

extension Deflater {
    /// For the one in an optional, which unoptimised builds cannot take out and put back.
    mutating func lend(to body: (inout Deflater) -> Void) { body(&self) }
}
