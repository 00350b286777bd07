/// Eight digits at a time: each nibble spread to a byte of its own and made a digit without a branch. The first digit
/// is in the lowest byte.
package func hexadecimal(_ word: UInt32) -> UInt64 {
    var spread = UInt64(word.byteSwapped)
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
    spread = (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (spread &+ 0x3030_3030_3030_3030 &+ letters &* 39).littleEndian
}

/// Text of known length, put together eight digits at a time. What is put later stands over what was put before.
package struct DigitText<let count: Int> {
    private var bytes = InlineArray<count, UInt8>(repeating: UInt8(ascii: "0"))

    package init() {}

    package mutating func put(_ number: UInt32, at place: Int) {
        let digits = hexadecimal(number).littleEndian
        for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: digits >> UInt64(8 * index)) }
    }

    package mutating func put(_ number: UInt64, at place: Int) {
        put(UInt32(truncatingIfNeeded: number >> 32), at: place)
        put(UInt32(truncatingIfNeeded: number), at: place + 8)
    }

    package mutating func put(_ mark: Unicode.Scalar, at place: Int) { bytes[place] = UInt8(ascii: mark) }

    package var text: String { String(ascii: bytes.span) }
}
