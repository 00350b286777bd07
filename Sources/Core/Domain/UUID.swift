/// 128 bits that name something (RFC 9562). Version 7 begins with the time, so ids made later sort later: rows land at
/// the end of an index instead of all over it.
package struct UUID: Hashable, Sendable {
    package let high: UInt64, low: UInt64

    package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    package static let zero = UUID(high: 0, low: 0)

    /// Version 7 of that millisecond; `random` fills the 74 bits that are free.
    package init(v7 milliseconds: UInt64, random: (high: UInt64, low: UInt64)) {
        self.init(
            high: milliseconds << 16 | 0x7000 | random.high & 0x0FFF,
            low: 0x8000_0000_0000_0000 | random.low & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// The form 8-4-4-4-12 in either case, and nothing else: no braces, no `urn:uuid:`.
    ///
    /// Not for any kind of text: generic code of another module is not specialised, and took 53,000 instructions.
    package init?(_ text: String) { self.init(ascii: text.utf8Span.span) }

    package init?(ascii text: Span<UInt8>) {
        guard text.count == 36 else { return nil }
        var nibbles = 0
        var (high, low) = (UInt64(0), UInt64(0))
        for index in text.indices {
            let byte = text[index]
            if Self.isDash(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.digit(byte) else { return nil }
            if nibbles < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
            nibbles += 1
        }
        self.init(high: high, low: low)
    }

    private static func isDash(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension UUID: CustomStringConvertible {
    package var description: String {
        var text = DigitText<36>()
        text.put(UInt32(truncatingIfNeeded: high >> 32), at: 0)
        text.put(UInt32(truncatingIfNeeded: high), at: 9)
        text.put(UInt32(truncatingIfNeeded: high << 16), at: 14)
        text.put(UInt32(truncatingIfNeeded: low >> 32), at: 19)
        text.put(UInt32(truncatingIfNeeded: low >> 16), at: 24)
        text.put(UInt32(truncatingIfNeeded: low), at: 28)
        text.put("-", at: 8)
        text.put("-", at: 13)
        text.put("-", at: 18)
        text.put("-", at: 23)
        return text.text
    }
}

extension UUID: Comparable {
    package static func < (a: UUID, b: UUID) -> Bool { a.high == b.high ? a.low < b.low : a.high < b.high }
}

extension UUID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = UUID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a UUID")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension String {
    /// Text that was put together byte by byte: one allocation, and no unsafe buffer.
    init(ascii bytes: Span<UInt8>) {
        guard let text = try? UTF8Span(validating: bytes) else {
            self = ""
            return
        }
        self.init(copying: text)
    }
}
