/// A folded word as a number: a letter a byte, the last one lowest. Words are compared and looked up without text.
struct Letters: Hashable, Sendable {
    private(set) var packed: UInt128 = 0
    /// A byte, since every token has one; it goes no further than one too many.
    private var length: UInt8 = 0

    var count: Int { Int(length) }

    /// What is longer is in no lexicon and no symbol.
    static let most = 16

    /// Neither in the lexicon nor a symbol: too long.
    var isTooLong: Bool { count > Self.most }

    mutating func append(_ letter: UInt8) {
        guard !isTooLong else { return }
        packed = packed << 8 | UInt128(letter)
        length += 1
    }

    mutating func append(_ others: Letters) {
        length = UInt8(min(count + others.count, Self.most + 1))
        packed = isTooLong ? 0 : packed << UInt128(8 * others.count) | others.packed
    }

    func prefix(_ length: Int) -> Letters {
        var part = self
        (part.packed, part.length) = (packed >> UInt128(8 * (count - length)), UInt8(length))
        return part
    }

    func suffix(_ length: Int) -> Letters {
        var part = self
        (part.packed, part.length) = (packed & ((1 << UInt128(8 * length)) &- 1), UInt8(length))
        return part
    }

    /// In capitals, when all letters are Latin or digits.
    var capitals: String? {
        guard 1...Symbol.mostCharacters ~= count else { return nil }
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        for place in 0..<count {
            let byte = UInt8(truncatingIfNeeded: packed >> UInt128(8 * (count - 1 - place)))
            guard byte < 0x80 else { return nil }
            bytes[place] = byte >= UInt8(ascii: "a") ? byte & ~0x20 : byte
        }
        guard let text = try? UTF8Span(validating: bytes.span.extracting(0..<count)) else { return nil }
        return String(copying: text)
    }
}

extension Letters {
    /// A word of a table or of a channel's settings, folded as the words of messages are.
    init(folding text: some StringProtocol) {
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            let (glyph, length) = glyph(bytes.span, at: at)
            switch glyph {
            case .letter(let letter, _): append(letter)
            case .digit(let digit): append(digit + UInt8(ascii: "0"))
            default: break
            }
            at += length
        }
    }
}
