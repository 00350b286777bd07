/// Base64 with the alphabet for URLs and without padding (RFC 4648 §5, RFC 7515 §2).
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The character of each six bits; and the six bits of each character, all ones for what is none. Inline, so that
    /// an index of their own size needs no check: an array took twice the instructions.
    private static let characters: InlineArray<64, UInt8> = .init { alphabet[$0] }
    private static let values: InlineArray<256, UInt8> = .init { character in
        alphabet.firstIndex { Int($0) == character }.map { UInt8($0) } ?? 0xFF
    }

    package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var at = 0
        while at < bytes.count {
            let count = min(3, bytes.count - at)
            let word =
                UInt32(bytes[at]) << 16 | (count > 1 ? UInt32(bytes[at + 1]) << 8 : 0)
                | (count > 2 ? UInt32(bytes[at + 2]) : 0)
            for place in 0...count { text.append(characters[Int(word >> UInt32(18 - 6 * place) & 63)]) }
            at += 3
        }
        return text
    }

    package static func text(_ bytes: Span<UInt8>) -> String { String(decoding: encode(bytes), as: UTF8.self) }

    /// Nil for anything that `encode` does not write: padding, white space, the other alphabet, and bits left over at
    /// the end that are not zero, by which one value would have several spellings.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        let (whole, rest) = (text.count & ~3, text.count & 3)
        guard rest != 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: whole / 4 * 3 + max(0, rest - 1))
        var room = bytes.mutableSpan
        var seen: UInt8 = 0
        var (at, end) = (0, 0)
        while at < whole {
            let word =
                six(text[at], &seen) << 18 | six(text[at + 1], &seen) << 12 | six(text[at + 2], &seen) << 6
                | six(text[at + 3], &seen)
            room[end] = UInt8(truncatingIfNeeded: word >> 16)
            room[end + 1] = UInt8(truncatingIfNeeded: word >> 8)
            room[end + 2] = UInt8(truncatingIfNeeded: word)
            (at, end) = (at + 4, end + 3)
        }
        if rest > 0 {
            let word =
                six(text[at], &seen) << 18 | six(text[at + 1], &seen) << 12
                | (rest == 3 ? six(text[at + 2], &seen) << 6 : 0)
            room[end] = UInt8(truncatingIfNeeded: word >> 16)
            if rest == 3 { room[end + 1] = UInt8(truncatingIfNeeded: word >> 8) }
            guard word & (rest == 3 ? 0xFF : 0xFFFF) == 0 else { return nil }
        }
        return seen < 64 ? bytes : nil
    }

    @inline(__always)
    private static func six(_ character: UInt8, _ seen: inout UInt8) -> UInt32 {
        let value = values[Int(character)]
        seen |= value
        return UInt32(value & 63)
    }

    package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8Span.span) }
}
