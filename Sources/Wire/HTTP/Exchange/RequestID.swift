/// What names a request on its answer, in every log line, on calls to other services and in events.
package enum RequestID: Hashable, Sendable, CustomStringConvertible {
    /// The client's own: 1–128 visible ASCII characters.
    case given(String)
    /// A UUIDv7 (RFC 9562 §5.7). Kept as bits: no text is made of it unless somebody asks.
    case made(high: UInt64, low: UInt64)

    /// The client's name for the request when it is fit to be put into logs and headers.
    package init?(of head: RequestHead) {
        let isVisible = head.headers.withValue(.xRequestID) { value in
            guard (1...128).contains(value.count) else { return false }
            for index in value.indices where value[index] < 0x21 || value[index] > 0x7E { return false }
            return true
        }
        guard isVisible == true, let text = head[.xRequestID] else { return nil }
        self = .given(text)
    }

    package init(milliseconds: UInt64, random: (UInt64, UInt64)) {
        self = .made(
            high: milliseconds << 16 | 0x7000 | random.0 & 0x0FFF,
            low: 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// The bits in the form 8-4-4-4-12.
    package static func text(high: UInt64, low: UInt64) -> InlineArray<36, UInt8> {
        var text = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
        var characters = text.mutableSpan
        var bytes = unsafe characters.mutableBytes
        let middle = hexadecimal(UInt32(truncatingIfNeeded: high))
        let beyond = hexadecimal(UInt32(truncatingIfNeeded: low >> 32))
        bytes.storeBytes(of: hexadecimal(UInt32(truncatingIfNeeded: high >> 32)), toByteOffset: 0, as: UInt64.self)
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: middle), toByteOffset: 9, as: UInt32.self)
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: middle >> 32), toByteOffset: 14, as: UInt32.self)
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: beyond), toByteOffset: 19, as: UInt32.self)
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: beyond >> 32), toByteOffset: 24, as: UInt32.self)
        bytes.storeBytes(of: hexadecimal(UInt32(truncatingIfNeeded: low)), toByteOffset: 28, as: UInt64.self)
        return text
    }

    /// Eight digits at once: each nibble to a byte of its own, then to its ASCII letter or figure without a branch.
    /// The first digit lies in the lowest byte, where little-endian memory begins.
    private static func hexadecimal(_ word: UInt32) -> UInt64 {
        var spread = UInt64(word.byteSwapped)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (spread + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (spread + 0x3030_3030_3030_3030 + letters * 39).littleEndian
    }

    package var description: String {
        switch self {
        case .given(let text): text
        case .made(let high, let low):
            unsafe Self.text(high: high, low: low).span.withUnsafeBufferPointer {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        }
    }
}
