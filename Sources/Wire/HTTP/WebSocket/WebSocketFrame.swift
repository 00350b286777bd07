/// Which end of the connection we are: a client masks what it sends, a server does not (RFC 6455 §5.1).
package enum WebSocketRole: Sendable, CaseIterable {
    case server, client
}

enum WebSocketOpcode: UInt8 {
    case continuation = 0, text = 1, binary = 2
    case close = 8, ping = 9, pong = 10

    var isControl: Bool { rawValue >= 8 }
}

/// What stands before a frame's payload (RFC 6455 §5.2).
struct WebSocketFrameHeader {
    var opcode: WebSocketOpcode
    var isFinal: Bool
    /// RSV1: the message that this frame begins is compressed (RFC 7692 §6).
    var isCompressed: Bool
    var length: Int
    /// The highest byte is the first on the wire.
    var maskingKey: UInt32?

    func append(to output: inout [UInt8]) {
        output.append((isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue)
        let maskBit: UInt8 = maskingKey == nil ? 0 : 0x80
        switch length {
        case ...125: output.append(maskBit | UInt8(truncatingIfNeeded: length))
        case ...0xFFFF:
            output.append(maskBit | 126)
            output.append(bigEndian: UInt64(length), bytes: 2)
        default:
            output.append(maskBit | 127)
            output.append(bigEndian: UInt64(length), bytes: 8)
        }
        if let maskingKey { output.append(bigEndian: UInt64(maskingKey), bytes: 4) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: UInt64, bytes: Int) {
        for index in (0..<bytes).reversed() { append(UInt8(truncatingIfNeeded: number >> (UInt64(index) * 8))) }
    }
}

/// Gathers a header out of whatever pieces it arrives in.
struct WebSocketFrameHeaderReader {
    private var bytes = InlineArray<14, UInt8>(repeating: 0)
    private var count = 0

    /// Nil while the header is incomplete.
    mutating func next(
        in input: Span<UInt8>, at offset: inout Int
    ) throws(WebSocketViolation) -> WebSocketFrameHeader? {
        while offset < input.count {
            bytes[count] = input[offset]
            count += 1
            offset += 1
            if count >= 2, count == 2 + lengthBytes + maskBytes {
                defer { count = 0 }
                return try header()
            }
        }
        return nil
    }

    private var lengthBytes: Int {
        switch bytes[1] & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }
    private var maskBytes: Int { bytes[1] & 0x80 == 0 ? 0 : 4 }

    private func header() throws(WebSocketViolation) -> WebSocketFrameHeader {
        guard bytes[0] & 0x30 == 0 else { throw .reservedBits }
        guard let opcode = WebSocketOpcode(rawValue: bytes[0] & 0x0F) else { throw .reservedOpcode }
        return WebSocketFrameHeader(
            opcode: opcode, isFinal: bytes[0] & 0x80 != 0, isCompressed: bytes[0] & 0x40 != 0,
            length: try length(),
            maskingKey: maskBytes == 0 ? nil : UInt32(truncatingIfNeeded: number(at: 2 + lengthBytes, bytes: 4)))
    }

    /// RFC 6455 §5.2: the shortest form must be used, and the highest bit of the longest must be 0.
    private func length() throws(WebSocketViolation) -> Int {
        let length = lengthBytes == 0 ? UInt64(bytes[1] & 0x7F) : number(at: 2, bytes: lengthBytes)
        guard let length = Int(exactly: length) else { throw .lengthOverflow }
        switch lengthBytes {
        case 2 where length < 126, 8 where length <= 0xFFFF: throw .lengthNotMinimal
        default: return length
        }
    }

    private func number(at start: Int, bytes count: Int) -> UInt64 {
        (start..<start + count).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }
}
