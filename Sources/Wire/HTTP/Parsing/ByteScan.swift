/// Eight bytes at a time over a span: where lines end and names end.
extension Span<UInt8> {
    /// Eight bytes from `offset` as one number, the first byte lowest.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        // Safety: the load checks its bounds, which measurably costs nothing, and any eight bytes make a number.
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Up to eight bytes from `offset`, padded with zeros: the careful twin of `word(at:)` for the end of a span.
    @inline(__always)
    func word(at offset: Int, length: Int) -> UInt64 {
        if offset <= count - 8 {
            return length >= 8 ? word(at: offset) : word(at: offset) & ((1 << UInt64(length * 8)) &- 1)
        }
        if count >= 8 {
            // The last eight bytes hold them all; those before are shifted out.
            let shift = UInt64((offset + 8 - count) * 8)
            return (word(at: count - 8) >> shift) & ((1 << UInt64(length * 8)) &- 1)
        }
        var word: UInt64 = 0
        var index = length
        while index > 0 {
            index -= 1
            word = word << 8 | UInt64(self[offset + index])
        }
        return word
    }

    /// The first byte in `start..<end` that ends a line or has no place in one: a control byte other than TAB, or DEL.
    /// `end` when there is none. `end` must not lie beyond the span.
    @inline(__always)
    func firstControl(from start: Int, to end: Int) -> Int {
        var index = start
        while index <= end - 8 {
            let hits = word(at: index).controlBytes
            if hits == 0 {
                index += 8
            } else {
                index += hits.trailingZeroBitCount >> 3
                if self[index] != .tab { return index }
                index += 1
            }
        }
        while index < end {
            let byte = self[index]
            if byte < 0x20 && byte != .tab || byte == 0x7F { return index }
            index += 1
        }
        return end
    }

    /// The first `byte` in `start..<end`, else `end`.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int {
        var index = start
        let pattern = UInt64(repeating: byte)
        while index <= end - 8 {
            let hits = (word(at: index) ^ pattern).zeroBytes
            if hits != 0 { return index + hits.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < end, self[index] != byte { index += 1 }
        return index
    }

    /// The range without spaces and tabs at its ends (RFC 9110 §5.6.3 OWS).
    @inline(__always)
    func trimmed(_ start: Int, _ end: Int) -> Range<Int> {
        var (start, end) = (start, end)
        while start < end, self[start] == .space || self[start] == .tab { start += 1 }
        while end > start, self[end - 1] == .space || self[end - 1] == .tab { end -= 1 }
        return start..<end
    }

    func string(in range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the range spells `text`, which is in lower case, in any case.
    @inline(__always)
    func equals(_ range: Range<Int>, ignoringCase text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        // Safety: a StaticString's bytes live as long as the program, and the index stays below its count.
        let expected = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for index in 0..<range.count where unsafe self[range.lowerBound + index].lowercased != expected[index] {
            return false
        }
        return true
    }
}

extension UInt64 {
    /// Up to eight characters as `Span.word(at:length:)` reads them; folds to a constant.
    @inline(__always)
    init(text: StaticString) {
        self = 0
        for index in 0..<Swift.min(8, text.utf8CodeUnitCount) {
            // Safety: the index is below the count of the literal.
            self |= unsafe UInt64(text.utf8Start[index]) << UInt64(index * 8)
        }
    }

    init(repeating byte: UInt8) { self = UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The top bit of each zero byte. Bits above the lowest one may be false (a borrow), so read only that.
    @inline(__always)
    var zeroBytes: UInt64 { (self &- UInt64(repeating: 1)) & ~self & UInt64(repeating: 0x80) }

    /// The same for bytes below 0x20 and 0x7F.
    @inline(__always)
    var controlBytes: UInt64 {
        let low = (self &- UInt64(repeating: 0x20)) & ~self & UInt64(repeating: 0x80)
        return low | (self ^ UInt64(repeating: 0x7F)).zeroBytes
    }
}
