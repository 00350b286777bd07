/// Writes one direction of a WebSocket: messages in, frames out.
package struct WebSocketWriter: ~Copyable, Sendable {
    private let maskingKey: (@Sendable () -> UInt32)?
    private let sender: PerMessageDeflate.Sender?
    private let compressionThreshold: Int
    private let fragmentSize: Int
    /// Only for a connection that cannot share: it keeps its context, or agreed on a smaller window.
    private var ownDeflater: Deflater?

    /// Below this, deflate saves less than a packet and costs more than the sending.
    package static let compressionThreshold = 1024

    /// A server's writer.
    package init(
        deflate: PerMessageDeflate? = nil, compressionThreshold: Int = compressionThreshold,
        fragmentSize: Int = .max
    ) {
        self.init(
            maskingKey: nil, sender: deflate?.server, compressionThreshold: compressionThreshold,
            fragmentSize: fragmentSize)
    }

    /// A client's writer.
    /// - Parameter maskingKey: gives a key that nobody can foretell, a new one for each frame (RFC 6455 §5.3).
    package init(
        maskingKey: @escaping @Sendable () -> UInt32, deflate: PerMessageDeflate? = nil,
        compressionThreshold: Int = compressionThreshold, fragmentSize: Int = .max
    ) {
        self.init(
            maskingKey: .some(maskingKey), sender: deflate?.client, compressionThreshold: compressionThreshold,
            fragmentSize: fragmentSize)
    }

    private init(
        maskingKey: (@Sendable () -> UInt32)?, sender: PerMessageDeflate.Sender?, compressionThreshold: Int,
        fragmentSize: Int
    ) {
        self.maskingKey = maskingKey
        self.sender = sender?.canCompress == true ? sender : nil
        // An empty message has nothing to compress, and zlib gives no bytes for it the second time.
        self.compressionThreshold = max(compressionThreshold, 1)
        self.fragmentSize = max(fragmentSize, 1)
    }

    /// Appends a message, compressed where that was agreed on and pays.
    /// - Parameter shared: the event loop's deflater, from `Deflater.forMessages`.
    package mutating func append(
        _ kind: WebSocketMessage.Kind, _ payload: Span<UInt8>, to output: inout [UInt8],
        sharing shared: inout Deflater
    ) {
        if let sender, payload.count >= compressionThreshold,
            let deflated = deflate(payload, as: sender, sharing: &shared)
        {
            appendFrames(kind.opcode, deflated.span, isCompressed: true, to: &output)
        } else {
            append(kind, payload, to: &output)
        }
    }

    /// Appends a message as it is.
    package func append(_ kind: WebSocketMessage.Kind, _ payload: Span<UInt8>, to output: inout [UInt8]) {
        appendFrames(kind.opcode, payload, isCompressed: false, to: &output)
    }

    /// Appends a ping; its payload is cut after 125 bytes.
    package func appendPing(_ payload: [UInt8] = [], to output: inout [UInt8]) {
        appendFrame(.ping, payload.span.extracting(first: 125), isCompressed: false, isFinal: true, to: &output)
    }

    /// Appends the answer to a ping, which has the ping's payload.
    package func appendPong(_ payload: [UInt8], to output: inout [UInt8]) {
        appendFrame(.pong, payload.span.extracting(first: 125), isCompressed: false, isFinal: true, to: &output)
    }

    /// Appends a close. A code that may not travel is left out; a reason too long is cut between characters.
    package func appendClose(_ code: WebSocketCloseCode?, reason: String = "", to output: inout [UInt8]) {
        var payload: [UInt8] = []
        if let code, code.mayTravel {
            payload = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
            for character in reason.unicodeScalars {
                let bytes = UTF8.encode(character) ?? UTF8.encodedReplacementCharacter
                guard payload.count + bytes.count <= 125 else { break }
                payload += bytes
            }
        }
        appendFrame(.close, payload.span, isCompressed: false, isFinal: true, to: &output)
    }

    /// Nil when the message had better go as it is.
    private mutating func deflate(
        _ payload: Span<UInt8>, as sender: PerMessageDeflate.Sender, sharing shared: inout Deflater
    ) -> [UInt8]? {
        if sender.keepsContext {
            guard var deflater = ownDeflater.take() ?? (try? .forMessages(windowBits: sender.windowBits)) else {
                return nil
            }
            // Once in the context it must be sent, however little was gained.
            let deflated = deflater.deflateMessage(payload)
            ownDeflater = consume deflater
            return deflated
        }
        let deflated: [UInt8]
        if shared.windowBits <= sender.windowBits {
            shared.reset()
            deflated = shared.deflateMessage(payload)
        } else {
            guard var deflater = try? Deflater.forMessages(windowBits: sender.windowBits) else { return nil }
            deflated = deflater.deflateMessage(payload)
        }
        return deflated.count < payload.count ? deflated : nil
    }

    private func appendFrames(
        _ opcode: WebSocketOpcode, _ payload: Span<UInt8>, isCompressed: Bool, to output: inout [UInt8]
    ) {
        guard payload.count > fragmentSize else {
            return appendFrame(opcode, payload, isCompressed: isCompressed, isFinal: true, to: &output)
        }
        for start in stride(from: 0, to: payload.count, by: fragmentSize) {
            let end = min(start + fragmentSize, payload.count)
            appendFrame(
                start == 0 ? opcode : .continuation, payload.extracting(start..<end),
                isCompressed: isCompressed && start == 0, isFinal: end == payload.count, to: &output)
        }
    }

    private func appendFrame(
        _ opcode: WebSocketOpcode, _ payload: Span<UInt8>, isCompressed: Bool, isFinal: Bool,
        to output: inout [UInt8]
    ) {
        let key = maskingKey?()
        WebSocketFrameHeader(
            opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, length: payload.count, maskingKey: key
        ).append(to: &output)
        if let key {
            output.append(payload, masking: key)
        } else {
            output.append(span: payload)
        }
    }
}

extension Deflater {
    /// A deflater for messages, which are compressed on the event loop: level 1 takes a third of the time of level 6
    /// and makes JSON of 1 to 60 KB only a tenth larger; a higher memory level gains nothing there.
    package static func forMessages(windowBits: Int = 15) throws(OutOfMemory) -> Deflater {
        try Deflater(.raw, level: 1, windowBits: windowBits, memoryLevel: 6)
    }

    /// RFC 7692 §7.2.1: a sync flush ends with an empty stored block, whose last four bytes need not be sent.
    fileprivate mutating func deflateMessage(_ payload: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        deflate(payload, into: &output, flush: .sync)
        output.removeLast(4)
        return output
    }
}
