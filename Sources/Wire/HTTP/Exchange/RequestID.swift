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

    package static let madeLength = 36

    /// The bits in the form 8-4-4-4-12, into 36 bytes.
    package static func write(high: UInt64, low: UInt64, into bytes: inout MutableSpan<UInt8>) {
        var position = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                bytes[position] = UInt8(ascii: "-")
                position += 1
            }
            let word = digit < 16 ? high : low
            let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digit & 15))) & 15
            bytes[position] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
            position += 1
        }
    }

    package var description: String {
        switch self {
        case .given(let text): text
        case .made(let high, let low):
            unsafe String(unsafeUninitializedCapacity: Self.madeLength) { buffer in
                // Safety: the bytes are trivial and every one of them is written.
                unsafe buffer.initialize(repeating: 0)
                var bytes = unsafe buffer.mutableSpan
                Self.write(high: high, low: low, into: &bytes)
                return Self.madeLength
            }
        }
    }
}
