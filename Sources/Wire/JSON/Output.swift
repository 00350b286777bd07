/// The buffer that a text is written into.
///
/// Safety: `base` has `capacity` bytes, and whoever writes has called `reserve` for as many before.
@safe struct Output {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 1_024) {
        self.capacity = capacity
        unsafe base = .allocate(capacity: capacity)
    }

    /// Whoever made the output ends it with this.
    func deallocate() { unsafe base.deallocate() }

    mutating func clear() { count = 0 }

    /// The byte written last.
    @inline(__always) var last: UInt8 { count == 0 ? 0 : unsafe base[count - 1] }

    @inline(__always)
    mutating func reserve(_ room: Int) {
        if capacity - count < room { grow(room) }
    }

    @inline(never)
    private mutating func grow(_ room: Int) {
        capacity = max(capacity * 2, count + room)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe larger.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = larger
    }

    mutating func truncate(to count: Int) { self.count = min(self.count, max(count, 0)) }

    func move(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        count += 1
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        unsafe (base + count).update(from: start, count: bytes.count)
        count += bytes.count
    }

    /// The bytes of `other` from `start` to `end`.
    mutating func append(_ other: Output, from start: Int, to end: Int) {
        unsafe append(UnsafeBufferPointer(start: other.base + start, count: end - start))
    }

    @inline(__always)
    mutating func append(_ word: StaticString) {
        unsafe append(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    // MARK: Strings

    @inline(__always)
    mutating func appendString(_ string: String) {
        var string = string
        string.withUTF8 { unsafe appendQuoted($0) }
    }

    private mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) {
        reserve(text.count + 2)
        unsafe base[count] = UInt8(ascii: "\"")
        count += 1
        if unsafe copyPlain(text) {
            count += text.count
        } else {
            for at in 0..<text.count {
                let byte = unsafe text[at]
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    appendEscape(byte)
                } else {
                    append(byte)
                }
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// Copies a whole text of which nothing needs an escape, eight or four bytes at a time, the last of which may
    /// overlap those before. False when something does need one.
    @inline(__always)
    private func copyPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return true }
        let (from, to, end) = unsafe (UnsafeRawPointer(start), UnsafeMutableRawPointer(base + count), text.count)
        if end >= 8 {
            var (at, stops): (Int, UInt64) = (0, 0)
            while at + 8 < end {
                stops |= unsafe copy(UInt64.self, from + at, to + at)
                at += 8
            }
            return unsafe stops | copy(UInt64.self, from + (end - 8), to + (end - 8)) == 0
        }
        if end >= 4 {
            return unsafe copy(UInt32.self, from, to) | copy(UInt32.self, from + (end - 4), to + (end - 4)) == 0
        }
        var isPlain = true
        for at in 0..<end {
            let byte = unsafe start[at]
            unsafe to.storeBytes(of: byte, toByteOffset: at, as: UInt8.self)
            isPlain = isPlain && byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        return isPlain
    }

    /// Copies a word and gives a bit for each byte in it that needs an escape; see `Scanner.plainEnd`.
    @inline(__always)
    private func copy<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ type: Word.Type, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer
    ) -> Word {
        let word = unsafe from.loadUnaligned(as: Word.self)
        unsafe to.storeBytes(of: word, as: Word.self)
        let ones = Word.max / 0xFF
        let (quote, backslash) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
        return ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word)
            & (ones &* 0x80)
    }

    @inline(never)
    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        case ..<0x20:
            append("u00")
            append(UInt8(ascii: "0") + byte >> 4)
            append(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
        default: append(byte)
        }
    }

    // MARK: Digits

    /// Decimal digits, two at a time from the end. `width` adds zeros in front.
    mutating func appendDigits(_ value: UInt64, width: Int = 1) {
        reserve(20 + width)
        var length = 1
        var power: UInt64 = 10
        while value >= power {
            length += 1
            let (next, tooLarge) = power.multipliedReportingOverflow(by: 10)
            if tooLarge { break }
            power = next
        }
        length = max(length, width)
        var (rest, to) = (value, count + length)
        while to > count {
            to -= 1
            let quotient = rest / 10
            unsafe base[to] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        }
        count += length
    }
}
