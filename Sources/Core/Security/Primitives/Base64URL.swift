/// Base64 with the alphabet for URLs and without padding (RFC 4648 §5, RFC 7515 §2).
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The six bits of each character; all ones for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        let alphabet = alphabet.span
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var at = 0
        while at < bytes.count {
            let count = min(3, bytes.count - at)
            let word =
                UInt32(bytes[at]) << 16 | (count > 1 ? UInt32(bytes[at + 1]) << 8 : 0)
                | (count > 2 ? UInt32(bytes[at + 2]) : 0)
            for place in 0...count { text.append(alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]) }
            at += 3
        }
        return text
    }

    package static func text(_ bytes: Span<UInt8>) -> String { String(decoding: encode(bytes), as: UTF8.self) }

    /// Nil for anything that `encode` does not write: padding, white space, the other alphabet, and bits left over at
    /// the end that are not zero, by which one value would have several spellings.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        let rest = text.count & 3
        guard rest != 1 else { return nil }
        let values = values.span
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var seen: UInt8 = 0
        var at = 0
        while at < text.count {
            let count = min(4, text.count - at)
            var word: UInt32 = 0
            for place in 0..<count {
                let value = values[Int(text[at + place])]
                seen |= value
                word |= UInt32(value & 63) << UInt32(18 - 6 * place)
            }
            bytes.append(UInt8(truncatingIfNeeded: word >> 16))
            if count > 2 { bytes.append(UInt8(truncatingIfNeeded: word >> 8)) }
            if count > 3 { bytes.append(UInt8(truncatingIfNeeded: word)) }
            if count == 2, word & 0xFFFF != 0 { return nil }
            if count == 3, word & 0xFF != 0 { return nil }
            at += 4
        }
        return seen < 64 ? bytes : nil
    }

    package static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(Array(text.utf8).span) }
}
