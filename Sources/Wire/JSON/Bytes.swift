// The few loops over raw bytes that more than one file needs.

/// Safety: both sides must be readable for `count` bytes.
@inline(__always)
func equalBytes(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, count: Int) -> Bool {
    // Names are short: a few words, the last of which may overlap those before, cost less than the call of memcmp.
    if count >= 8 {
        var (at, difference): (Int, UInt64) = (0, 0)
        while at + 8 < count, difference == 0 {
            difference = unsafe word(UInt64.self, one + at) ^ word(UInt64.self, other + at)
            at += 8
        }
        return unsafe difference == 0 && word(UInt64.self, one + count - 8) == word(UInt64.self, other + count - 8)
    }
    if count >= 4 {
        return unsafe word(UInt32.self, one) == word(UInt32.self, other)
            && word(UInt32.self, one + count - 4) == word(UInt32.self, other + count - 4)
    }
    for at in 0..<count { guard unsafe one[at] == other[at] else { return false } }
    return true
}

/// Safety: `bytes` must be readable for the size of a word.
@inline(__always)
private func word<Word: BitwiseCopyable>(_ type: Word.Type, _ bytes: UnsafePointer<UInt8>) -> Word {
    unsafe UnsafeRawPointer(bytes).loadUnaligned(as: Word.self)
}

/// Writes the content of a string that the scanner has checked, its escapes resolved, and says how long it became.
///
/// Safety: `text` must be readable for `count` bytes and `room` have at least as many: no escape is shorter than
/// what it stands for.
func unescape(_ text: UnsafePointer<UInt8>, count: Int, into room: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var (from, to) = (0, 0)
    while from < count {
        let byte = unsafe text[from]
        guard byte == UInt8(ascii: "\\") else {
            unsafe room[to] = byte
            from += 1
            to += 1
            continue
        }
        let letter = unsafe text[from + 1]
        guard letter == UInt8(ascii: "u") else {
            unsafe room[to] = controlCharacter(letter)
            from += 2
            to += 1
            continue
        }
        var scalar = unsafe codeUnit(text + from + 2)
        from += 6
        if scalar & 0xFC00 == 0xD800 {
            scalar = unsafe 0x1_0000 + (scalar & 0x3FF) << 10 | codeUnit(text + from + 2) & 0x3FF
            from += 6
        }
        for unit in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? .init() {
            unsafe room[to] = unit
            to += 1
        }
    }
    return to
}

/// Safety: `digits` must be four bytes that are hexadecimal digits.
private func codeUnit(_ digits: UnsafePointer<UInt8>) -> UInt32 {
    (0..<4).reduce(0) { unsafe $0 << 4 | UInt32(hexadecimalValue(digits[$1]) ?? 0) }
}

private func controlCharacter(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "r"): 0x0D
    default: letter
    }
}
