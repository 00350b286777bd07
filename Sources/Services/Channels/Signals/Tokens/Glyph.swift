/// What one scalar is to the tokenizer. Capitals, accents, full-width and mathematical letters are folded into plain
/// ones here, so that nothing behind this file sees how a letter was dressed up.
enum Glyph {
    /// A small letter: Latin as ASCII, Cyrillic as 0x80 and its place in the alphabet.
    case letter(UInt8, isCapital: Bool)
    case digit(UInt8)
    case mark(Term)
    /// Shows the digit before it as a key, as in a numbered list.
    case keycap
    /// Invisible, or an accent: belongs to what stands before it.
    case joiner
    /// Between letters a part of the word, between digits a grouping.
    case apostrophe
    case blank
    /// A blank that does not break the line: groups digits.
    case narrowBlank
    /// Pictures and all other writing.
    case other
}

extension Glyph {
    @inline(__always) init(ascii byte: UInt8) {
        self =
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): .letter(byte, isCapital: false)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): .letter(byte | 0x20, isCapital: true)
            case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit(byte - UInt8(ascii: "0"))
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "*"), UInt8(ascii: "`"): .blank
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): .mark(.newline)
            case UInt8(ascii: "."): .mark(.period)
            case UInt8(ascii: ","): .mark(.comma)
            case UInt8(ascii: "/"), UInt8(ascii: "\\"): .mark(.slash)
            case UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: "_"): .mark(.dash)
            case UInt8(ascii: ":"): .mark(.colon)
            case UInt8(ascii: "="): .mark(.equals)
            case UInt8(ascii: "@"): .mark(.at)
            case UInt8(ascii: ">"): .mark(.arrow)
            case UInt8(ascii: "+"): .mark(.plus)
            case UInt8(ascii: "%"): .mark(.percent)
            case UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ";"): .mark(.and)
            case UInt8(ascii: "?"): .mark(.question)
            case UInt8(ascii: "!"): .mark(.exclamation)
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): .mark(.open)
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): .mark(.shut)
            case UInt8(ascii: "#"): .mark(.hash)
            case UInt8(ascii: "$"): .mark(.dollar)
            case UInt8(ascii: "'"): .apostrophe
            default: .blank
            }
    }

    init(_ scalar: UInt32) {
        self =
            switch scalar {
            case 0..<0x80: Glyph(ascii: UInt8(scalar))
            case 0xC0...0x17F: Self.latin(scalar)
            case 0x400...0x45F: Self.cyrillic(scalar)
            case 0x300...0x36F, 0xAD, 0x200B...0x200F, 0x2060, 0xFE00...0xFE0F, 0xFEFF, 0x1F3FB...0x1F3FF: .joiner
            case 0xA0, 0x2009, 0x202F: .narrowBlank
            case 0x2000...0x2008, 0x200A, 0x3000: .blank
            case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0xFF5E, 0x301C: .mark(.dash)
            case 0x2018, 0x2019, 0x2BC: .apostrophe
            case 0x2028, 0x2029: .mark(.newline)
            case 0x20E3: .keycap
            case 0xFF01...0xFF5E: Glyph(ascii: UInt8(scalar - 0xFF01) + UInt8(ascii: "!"))
            case 0x1D400...0x1D6A3: .latinLetter((scalar - 0x1D400) % 52)
            case 0x1D7CE...0x1D7FF: .digit(UInt8((scalar - 0x1D7CE) % 10))
            case 0x24B6...0x24E9: .latinLetter(scalar - 0x24B6)
            case 0x1F130...0x1F149, 0x1F150...0x1F169, 0x1F170...0x1F189: .latinLetter((scalar - 0x1F130) % 32)
            default: Self.sign(scalar)
            }
    }

    /// Capitals first, then small letters, as in the mathematical and circled alphabets.
    private static func latinLetter(_ place: UInt32) -> Glyph {
        .letter(UInt8(ascii: "a") + UInt8(place % 26), isCapital: place < 26)
    }

    /// Pictures and signs that people write instead of words.
    private static func sign(_ scalar: UInt32) -> Glyph {
        switch scalar {
        case 0x1F3AF, 0x1F3C1: .mark(.target)  // a target, a chequered flag
        case 0x1F6D1, 0x26D4: .mark(.stopLoss)  // a stop sign, no entry
        case 0x2705, 0x2714, 0x2611, 0x1F5F8: .mark(.check)
        case 0x2192, 0x279C...0x27A1, 0x2794, 0x27F6, 0x21D2, 0x1F449: .mark(.arrow)
        case 0x2F, 0x2044, 0x2215: .mark(.slash)
        case 0x2460...0x2468: .mark(.numbered)  // circled digits
        case 0x2022, 0x25AA, 0x25AB, 0x25B6, 0x25CF, 0x25CB, 0x2023, 0xB7, 0x20AC, 0xA3: .blank
        default: .other
        }
    }

    /// ё is е, Ukrainian і and ї are и: nobody's word for a price depends on it.
    private static func cyrillic(_ scalar: UInt32) -> Glyph {
        switch scalar {
        case 0x410...0x42F: .letter(0x80 + UInt8(scalar - 0x410), isCapital: true)
        case 0x430...0x44F: .letter(0x80 + UInt8(scalar - 0x430), isCapital: false)
        case 0x401, 0x451, 0x404, 0x454: .letter(0x85, isCapital: scalar < 0x430)
        case 0x406, 0x407, 0x456, 0x457: .letter(0x88, isCapital: scalar < 0x430)
        default: .letter(0xA0, isCapital: false)
        }
    }

    /// U+00C0 to U+017F without their accents. `x` in the place of the multiplication sign is one: 10×.
    private static func latin(_ scalar: UInt32) -> Glyph {
        let letter = unaccented[Int(scalar - 0xC0)]
        return letter == UInt8(ascii: " ") ? .blank : .letter(letter, isCapital: scalar < 0xDF)
    }

    private static let unaccented = Array(
        """
        aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty\
        aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll\
        lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs
        """.utf8)
}

/// The scalar that begins at a place of the text, and its length in bytes. What is not UTF-8 is passed over byte by
/// byte, so any bytes can be read.
@inline(__always) func glyph(_ text: borrowing Span<UInt8>, at place: Int) -> (glyph: Glyph, length: Int) {
    let byte = text[place]
    return byte < 0x80 ? (Glyph(ascii: byte), 1) : longGlyph(text, at: place)
}

@inline(never) private func longGlyph(_ text: borrowing Span<UInt8>, at place: Int) -> (glyph: Glyph, length: Int) {
    let first = text[place]
    let length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1
    guard length > 1, place + length <= text.count else { return (.other, 1) }
    var scalar = UInt32(first) & (0x7F >> UInt32(length))
    for next in place + 1..<place + length {
        guard text[next] & 0xC0 == 0x80 else { return (.other, 1) }
        scalar = scalar << 6 | UInt32(text[next] & 0x3F)
    }
    return (Glyph(scalar), length)
}
