internal import TradewindHTTP

/// The zlib states of a loop: a quarter of a megabyte each, so all connections share them. Made when first needed.
struct LoopTools: ~Copyable {
    private static let level = 4
    private var messages: Deflater?
    private var bodies: Deflater?

    /// False when there is no memory for it: then nothing was done, and the caller goes on without compression.
    mutating func withMessageDeflater(_ body: (inout Deflater) -> Void) -> Bool {
        if messages == nil { messages = try? Deflater.forMessages() }
        return messages?.lend(to: body) != nil
    }

    /// The bytes gzip-coded; nil when there is no memory for that.
    mutating func gzip(_ bytes: Span<UInt8>) -> [UInt8]? {
        if bodies == nil { bodies = try? Deflater(.gzip, level: Self.level) }
        var output: [UInt8] = []
        return bodies?.deflate(bytes, into: &output, flush: .finish) == nil ? nil : output
    }
}

extension Deflater {
    /// For the one in an optional, which unoptimised builds cannot take out and put back.
    mutating func lend(to body: (inout Deflater) -> Void) { body(&self) }
}
