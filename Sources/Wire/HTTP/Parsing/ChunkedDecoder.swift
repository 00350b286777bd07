/// Decodes chunked transfer coding (RFC 9112 §7.1) as bytes come, holding none of them. Extensions and trailer fields
/// are checked, bounded and dropped.
///
/// Call `next` with the bytes that have not been consumed until it says `end` or `reject`.
package struct ChunkedDecoder: Sendable {
    package enum Step: Sendable, Equatable {
        /// All of the given bytes are consumed.
        case needMore
        /// This part of the given bytes is content; they are consumed up to its end.
        case data(Range<Int>)
        /// The content is complete; the given bytes are consumed up to here, and the next message starts.
        case end(consumed: Int)
        case reject(Rejection)
    }

    private enum State {
        case sizeStart
        case size
        /// exits: sizeEnd at CR.
        case `extension`
        case sizeEnd
        case data
        case dataCarriageReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed
        case lastLineFeed
        /// No exit: the content is over.
        case done
    }

    private let trailerLimits: HeadLimits
    private var state = State.sizeStart
    private var remaining = 0
    private var digits = 0
    /// Bytes of the chunk's extension, and of all extensions less what came as content: RFC 9112 §7.1.1 asks for a
    /// limit on both, for a byte of content may be wrapped in kilobytes of extension.
    private var extensionBytes = 0
    private var overhead = 0
    private var trailerBytes = 0
    private var trailerCount = 0

    package init(trailerLimits: HeadLimits = HeadLimits()) { self.trailerLimits = trailerLimits }

    package mutating func next(_ bytes: Span<UInt8>) -> Step {
        do throws(Rejection) {
            var index = 0
            while index < bytes.count {
                if state == .data {
                    let taken = min(remaining, bytes.count - index)
                    remaining -= taken
                    overhead = max(0, overhead - taken)
                    if remaining == 0 { state = .dataCarriageReturn }
                    return .data(index..<index + taken)
                }
                try take(bytes[index])
                index += 1
                if state == .done { return .end(consumed: index) }
            }
            return state == .done ? .end(consumed: 0) : .needMore
        } catch {
            return .reject(error)
        }
    }

    private mutating func take(_ byte: UInt8) throws(Rejection) {
        switch state {
        case .sizeStart, .size, .extension, .sizeEnd: try takeSizeLine(byte)
        case .dataCarriageReturn: try expect(.carriageReturn, byte, then: .dataLineFeed)
        case .dataLineFeed: try expect(.lineFeed, byte, then: .sizeStart)
        case .lastLineFeed: try expect(.lineFeed, byte, then: .done)
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed: try takeTrailer(byte)
        case .data, .done: break
        }
    }

    private mutating func expect(_ expected: UInt8, _ byte: UInt8, then next: State) throws(Rejection) {
        guard byte == expected else { throw Rejection(.badRequest, "chunk without its line end") }
        state = next
    }

    private mutating func takeSizeLine(_ byte: UInt8) throws(Rejection) {
        switch (state, byte) {
        case (.sizeEnd, _):
            try expect(.lineFeed, byte, then: remaining == 0 ? .trailerStart : .data)
            (digits, extensionBytes) = (0, 0)
        case (.size, .carriageReturn), (.extension, .carriageReturn): state = .sizeEnd
        case (.size, UInt8(ascii: ";")): state = .extension
        case (.extension, _):
            (extensionBytes, overhead) = (extensionBytes + 1, overhead + 1)
            guard byte >= 0x20 && byte != 0x7F || byte == .tab else {
                throw Rejection(.badRequest, "control byte in a chunk extension")
            }
            guard extensionBytes <= 256, overhead <= 16_384 else {
                throw Rejection(.badRequest, "chunk extensions too long")
            }
        default:
            // Fifteen digits cannot overflow, and no honest chunk has an exabyte.
            guard let digit = byte.hexValue, digits < 15 else { throw Rejection(.badRequest, "invalid chunk size") }
            remaining = remaining << 4 | Int(digit)
            digits += 1
            state = .size
        }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(Rejection) {
        trailerBytes += 1
        guard trailerBytes <= trailerLimits.fieldBytes else {
            throw Rejection(.requestHeaderFieldsTooLarge, "trailer fields too long")
        }
        switch (state, byte) {
        case (.trailerStart, .carriageReturn): state = .lastLineFeed
        case (.trailerName, .colon): state = .trailerValue
        case (.trailerValue, .carriageReturn): state = .trailerLineFeed
        case (.trailerLineFeed, _): try expect(.lineFeed, byte, then: .trailerStart)
        case (.trailerValue, _):
            guard byte >= 0x20 && byte != 0x7F || byte == .tab else {
                throw Rejection(.badRequest, "control byte in a trailer field")
            }
        default:
            guard byte.belongs(to: .token) else { throw Rejection(.badRequest, "invalid trailer field") }
            if state == .trailerStart { trailerCount += 1 }
            guard trailerCount <= trailerLimits.fieldCount else {
                throw Rejection(.requestHeaderFieldsTooLarge, "too many trailer fields")
            }
            state = .trailerName
        }
    }
}
