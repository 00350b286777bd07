/// A message that a server sends to many: framed once, compressed once, shared by all.
///
/// The frames are arrays that are never changed again, so that a connection that queues one holds a reference.
package struct WebSocketBroadcast: Sendable {
    private let plain: [UInt8]
    /// Can be read by every client that keeps no context and has a window as large.
    private let compressed: (frame: [UInt8], windowBits: Int)?

    package init(_ kind: WebSocketMessage.Kind, _ payload: Span<UInt8>, sharing deflater: inout Deflater) {
        var plain: [UInt8] = []
        WebSocketWriter().append(kind, payload, to: &plain)
        var frame: [UInt8] = []
        var writer = WebSocketWriter(deflate: PerMessageDeflate(server: .init(windowBits: deflater.windowBits)))
        writer.append(kind, payload, to: &frame, sharing: &deflater)
        self.plain = plain
        compressed = frame.count < plain.count ? (frame, deflater.windowBits) : nil
    }

    package init(plain message: WebSocketMessage) {
        var plain: [UInt8] = []
        WebSocketWriter().append(message.kind, message.bytes.span, to: &plain)
        (self.plain, compressed) = (plain, nil)
    }

    /// The frame for a connection that agreed on this compression. A context that is kept is not touched by it.
    package func frame(for deflate: PerMessageDeflate?) -> [UInt8] {
        guard let compressed, let sender = deflate?.server, sender.windowBits >= compressed.windowBits,
            !sender.keepsContext
        else { return plain }
        return compressed.frame
    }
}
