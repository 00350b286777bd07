/// The message that is arriving: its fragments put together, inflated, checked and bounded as the bytes come.
struct WebSocketAssembly: ~Copyable, Sendable {
    private let limit: Int
    private let keepsContext: Bool
    private var kind: WebSocketMessage.Kind?
    private var isCompressed = false
    private var bytes: [UInt8] = []
    private var utf8 = UTF8Validator()
    /// Payload bytes that the frames of this message announced so far.
    private var announced = 0
    private var inflater: Inflater?

    init(limit: Int, keepsContext: Bool) {
        (self.limit, self.keepsContext) = (limit, keepsContext)
    }

    var isOpen: Bool { kind != nil }

    /// The heap behind this value, but for the inflater's.
    var heldBytes: Int { bytes.capacity }

    var holdsInflater: Bool { inflater != nil }

    mutating func begin(_ kind: WebSocketMessage.Kind, isCompressed: Bool) {
        (self.kind, self.isCompressed) = (kind, isCompressed)
        (announced, utf8) = (0, UTF8Validator())
    }

    /// Refuses at its header a frame that would make the message too long. Deflate never needs more than 9 bits for a
    /// byte (RFC 1951 §3.2.6), so a compressed message past 9/8 of the limit cannot be honest.
    mutating func announce(_ length: Int) throws(WebSocketViolation) {
        let most = isCompressed ? limit + limit / 8 + 64 : limit
        guard length <= most - announced else { throw .messageTooLong }
        announced += length
    }

    mutating func append(_ piece: Span<UInt8>, masking key: UInt32?, phase: Int) throws(WebSocketViolation) {
        guard !piece.isEmpty else { return }
        guard !isCompressed else { return try inflate(piece, masking: key, phase: phase) }
        let checked = bytes.count
        if let key {
            bytes.append(piece, masking: key, phase: phase)
        } else {
            bytes.append(span: piece)
        }
        try check(from: checked)
    }

    /// The message is complete.
    mutating func finish() throws(WebSocketViolation) -> WebSocketMessage? {
        guard let kind else { return nil }
        if isCompressed { try finishInflating() }
        guard kind == .binary || utf8.isComplete else { throw .textNotUTF8 }
        defer { (self.kind, bytes) = (nil, []) }
        return WebSocketMessage(kind, bytes)
    }

    private mutating func check(from start: Int) throws(WebSocketViolation) {
        guard kind == .text else { return }
        var utf8 = self.utf8
        guard utf8.accepts(bytes.span.extracting(start...)) else { throw .textNotUTF8 }
        self.utf8 = utf8
    }

    /// In steps, so that what is kept beside the message stays small however long the frame is.
    private mutating func inflate(_ piece: Span<UInt8>, masking key: UInt32?, phase: Int) throws(WebSocketViolation) {
        guard let key else { return try inflate(piece) }
        let step = 4096
        var plain: [UInt8] = []
        plain.reserveCapacity(min(step, piece.count))
        for start in stride(from: 0, to: piece.count, by: step) {
            plain.removeAll(keepingCapacity: true)
            plain.append(
                piece.extracting(start..<min(start + step, piece.count)), masking: key, phase: phase + start)
            try inflate(plain.span)
        }
    }

    private mutating func inflate(_ input: Span<UInt8>) throws(WebSocketViolation) {
        let checked = bytes.count
        var failure: WebSocketViolation?
        do throws(InflateError) {
            var offset = 0
            if !holdsInflater { inflater = try Inflater(.raw, isEndless: true) }
            _ = try inflater?.inflate(input, from: &offset, into: &bytes, upTo: limit + 1 - checked)
            if bytes.count > limit { failure = .messageTooLong }
        } catch {
            failure = error == .outOfMemory ? .outOfMemory : .compressedDataCorrupt
        }
        // First what came out: so the violation that is found does not depend on how the input was cut.
        try check(from: checked)
        if let failure { throw failure }
    }

    /// RFC 7692 §7.2.2: the sender cut off the end of its last, empty block. A sender that ended with a block marked
    /// final and nothing behind it left nothing to add.
    private mutating func finishInflating() throws(WebSocketViolation) {
        if inflater?.hasEnded != true {
            let tail: InlineArray<4, UInt8> = [0x00, 0x00, 0xFF, 0xFF]
            try inflate(tail.span)
        }
        guard inflater?.isBetweenBlocks == true else { throw .compressedDataCorrupt }
        if !keepsContext { inflater = nil }
    }
}
