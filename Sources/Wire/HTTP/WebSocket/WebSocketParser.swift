/// Reads one direction of a WebSocket (RFC 6455, with the compression of RFC 7692): bytes in, events out.
///
/// ```
/// var offset = 0
/// while let event = parser.next(in: bytes, at: &offset) { … }
/// ```
/// Every byte given is used up, whatever the cuts between calls; a whole frame costs one copy, into its message.
/// Memory follows the bytes that arrived, never a length that was claimed. Between messages nothing is held, unless the
/// peer's compression context is kept.
package struct WebSocketParser: ~Copyable, Sendable {
    private struct OpenFrame {
        let header: WebSocketFrameHeader
        var taken = 0
        var missing: Int { header.length - taken }
    }

    private let role: WebSocketRole
    private let mayBeCompressed: Bool
    private var header = WebSocketFrameHeaderReader()
    private var frame: OpenFrame?
    /// The payload of the control frame that is arriving, perhaps between two fragments of a message.
    private var control: [UInt8] = []
    private var message: WebSocketAssembly
    private var isFinished = false

    /// - Parameters:
    ///   - role: whose ears these are; a server hears a client.
    ///   - deflate: what the handshake agreed on, if anything.
    ///   - messageLimit: counted after inflation.
    package init(_ role: WebSocketRole, deflate: PerMessageDeflate? = nil, messageLimit: Int = 16 << 20) {
        self.role = role
        mayBeCompressed = deflate != nil
        let sender = role == .server ? deflate?.client : deflate?.server
        // Far from overflow, and more than any machine has.
        message = WebSocketAssembly(
            limit: min(messageLimit, 1 << 48), keepsContext: sender?.keepsContext ?? false)
    }

    /// The next event in `input` from `offset` on, or nil when all of it is used up.
    package mutating func next(in input: Span<UInt8>, at offset: inout Int) -> WebSocketEvent? {
        guard !isFinished else {
            offset = input.count
            return nil
        }
        do {
            return try read(input, at: &offset)
        } catch {
            finish()
            return .violation(error)
        }
    }

    /// The heap that is held for a message or control frame under way, but for zlib's own.
    package var heldBytes: Int { message.heldBytes + control.capacity }

    /// Whether zlib's state is held (about 7 KiB, and the window of 32 KiB).
    package var holdsInflater: Bool { message.holdsInflater }

    private mutating func read(
        _ input: Span<UInt8>, at offset: inout Int
    ) throws(WebSocketViolation) -> WebSocketEvent? {
        while true {
            if frame == nil, let header = try header.next(in: input, at: &offset) {
                try admit(header)
                frame = OpenFrame(header: header)
            }
            guard var frame else { return nil }
            let piece = input.extracting(offset..<offset + min(frame.missing, input.count - offset))
            try take(piece, of: frame)
            offset += piece.count
            frame.taken += piece.count
            self.frame = frame.missing == 0 ? nil : frame
            guard frame.missing == 0 else { return nil }
            if let event = try event(endingWith: frame.header) { return event }
        }
    }

    /// What RFC 6455 §5 demands of a header in this place. Opens the message that it begins.
    private mutating func admit(_ header: WebSocketFrameHeader) throws(WebSocketViolation) {
        switch role {
        case .server: guard header.maskingKey != nil else { throw .maskMissing }
        case .client: guard header.maskingKey == nil else { throw .maskForbidden }
        }
        let beginsMessage = header.opcode == .text || header.opcode == .binary
        guard !header.isCompressed || (mayBeCompressed && beginsMessage) else { throw .reservedBits }
        if header.opcode.isControl {
            guard header.isFinal else { throw .controlFragmented }
            guard header.length <= 125 else { throw .controlTooLong }
        } else {
            guard !beginsMessage || !message.isOpen else { throw .messageInterleaved }
            guard beginsMessage || message.isOpen else { throw .continuationUnexpected }
            if beginsMessage {
                message.begin(header.opcode == .text ? .text : .binary, isCompressed: header.isCompressed)
            }
            try message.announce(header.length)
        }
    }

    private mutating func take(_ piece: Span<UInt8>, of frame: OpenFrame) throws(WebSocketViolation) {
        let key = frame.header.maskingKey
        guard frame.header.opcode.isControl else {
            return try message.append(piece, masking: key, phase: frame.taken)
        }
        if let key {
            control.append(piece, masking: key, phase: frame.taken)
        } else {
            control.append(span: piece)
        }
    }

    /// Nil after a fragment that is not the last.
    private mutating func event(endingWith header: WebSocketFrameHeader) throws(WebSocketViolation) -> WebSocketEvent? {
        switch header.opcode {
        case .text, .binary, .continuation:
            guard header.isFinal, let message = try message.finish() else { return nil }
            return .message(message)
        case .ping: return .ping(takeControl())
        case .pong: return .pong(takeControl())
        case .close:
            let event = try closeEvent(takeControl())
            finish()
            return event
        }
    }

    private mutating func takeControl() -> [UInt8] {
        defer { control = [] }
        return control
    }

    /// RFC 6455 §5.5.1: nothing, or a code of two bytes and a reason in UTF-8.
    private func closeEvent(_ payload: [UInt8]) throws(WebSocketViolation) -> WebSocketEvent {
        guard let high = payload.first else { return .close(nil, reason: "") }
        guard payload.count >= 2 else { throw .closePayloadCut }
        let code = WebSocketCloseCode(rawValue: UInt16(high) << 8 | UInt16(payload[1]))
        guard code.mayTravel else { throw .closeCodeInvalid }
        var utf8 = UTF8Validator()
        guard utf8.accepts(payload.span.extracting(2...)), utf8.isComplete else { throw .closeReasonNotUTF8 }
        return .close(code, reason: String(decoding: payload.dropFirst(2), as: UTF8.self))
    }

    private mutating func finish() {
        isFinished = true
        frame = nil
        control = []
        message = WebSocketAssembly(limit: 0, keepsContext: false)
    }
}
