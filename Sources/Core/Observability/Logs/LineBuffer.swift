internal import TradewindCQRS
internal import TradewindDomain

/// Memory that log lines are written into, one behind the other, and given to a file as a whole.
///
/// Safety: `@unchecked Sendable` because the memory belongs to this value alone, which has one owner at a time. `base`
/// has `capacity` bytes; every write goes through `reserve`.
@safe package struct LineBuffer: ~Copyable, @unchecked Sendable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    package private(set) var count = 0
    /// How the line that is being written looks, and, in text, whose it is: that stands at its end.
    var style = LogStyle(level: .info, format: .json)
    var request: CorrelationID?
    /// The text of the second in which the last line was written.
    private var second = Int64.min
    private var secondText = InlineArray<20, UInt8>(repeating: 0)

    package init(capacity: Int = 4096) {
        self.capacity = capacity
        unsafe base = .allocate(capacity: capacity)
    }

    deinit { unsafe base.deallocate() }

    package var isEmpty: Bool { count == 0 }
    package mutating func clear() { count = 0 }

    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
    }

    @inline(__always)
    private mutating func reserve(_ room: Int) { if capacity &- count < room { grow(room) } }

    @inline(never)
    private mutating func grow(_ room: Int) {
        capacity = max(capacity * 2, count + room)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe larger.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = larger
    }

    // MARK: Text

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        count &+= 1
    }

    /// With a literal the length is known to the compiler, and few moves are what is left.
    @inline(__always)
    package mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        unsafe UnsafeMutableRawPointer(base + count).copyMemory(from: text.utf8Start, byteCount: length)
        count &+= length
    }

    mutating func append(_ text: [UInt8]) { unsafe text.withUnsafeBufferPointer { unsafe copy($0) } }

    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe copy($0) }
    }

    /// What is there, as bytes of their own.
    var text: [UInt8] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

    @inline(__always)
    private mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        unsafe UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: bytes.count)
        count &+= bytes.count
    }

    /// As the inside of a JSON string. What is longer than anybody reads is cut, so that no line fills the buffer.
    package mutating func appendEscaped(_ text: String) {
        var text = text
        text.withUTF8 { unsafe appendEscaped($0) }
    }

    package mutating func appendEscaped(_ text: Swift.Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { unsafe appendEscaped($0) }
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        let length = min(text.count, Self.longestText)
        guard length > 0, let from = text.baseAddress else { return }
        reserve(length + 8)
        let plain = unsafe copyPlain(from, length, to: base + count)
        count &+= plain
        if plain < length {
            unsafe appendEscaping(UnsafeBufferPointer(rebasing: text[plain..<length]), of: text.count)
        } else if length < text.count {
            append("…")
        }
    }

    /// Copies up to the first byte that is not plain ASCII, eight at a time, and says how many.
    @inline(__always)
    private func copyPlain(
        _ from: UnsafePointer<UInt8>, _ length: Int, to: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var index = 0
        while index &+ 8 <= length {
            let word = unsafe UnsafeRawPointer(from + index).loadUnaligned(as: UInt64.self)
            guard Self.isPlain(word) else { break }
            unsafe UnsafeMutableRawPointer(to + index).storeBytes(of: word, as: UInt64.self)
            index &+= 8
        }
        while index < length {
            let byte = unsafe from[index]
            guard Self.isPlain(byte) else { break }
            unsafe to[index] = byte
            index &+= 1
        }
        return index
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The same of eight bytes: no high bit, none below a blank, none that differs from a quote, a backslash or DEL in
    /// no bit. Subtracting borrows out of a byte that is zero or less; a borrow from a lower byte can only make a plain
    /// word look as if it were not.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let (quote, backslash, delete) = (word ^ ones &* 0x22, word ^ ones &* 0x5C, word ^ ones &* 0x7F)
        let stops = word | (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | (delete &- ones)
        return stops & (ones &* 0x80) == 0
    }

    private static let longestText = 8192

    private mutating func appendEscaping(_ text: UnsafeBufferPointer<UInt8>, of whole: Int) {
        // As text, for bytes of a request need not be UTF-8, and a cut may go through a character.
        for scalar in unsafe String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                append("\\u")
                append(hexadecimal: UInt64(scalar.value), digits: 4)
            default: for byte in UTF8.encode(scalar) ?? .init() { append(byte) }
            }
        }
        if whole > Self.longestText { append("…") }
    }

    // MARK: Numbers

    package mutating func append(_ number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var width = 1, limit: UInt = 10
        while rest >= limit, width < 20 {
            width &+= 1
            limit = limit.multipliedReportingOverflow(by: 10).overflow ? .max : limit &* 10
        }
        reserve(width)
        var at = count &+ width
        count = at
        repeat {
            at &-= 1
            unsafe base[at] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
    }

    /// With zeros in front; `number` has no more digits than that.
    mutating func append(_ number: Int, digits: Int) {
        reserve(digits)
        var rest = number
        var at = count &+ digits
        count = at
        for _ in 0..<digits {
            at &-= 1
            unsafe base[at] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// Nanoseconds as milliseconds, to the microsecond.
    package mutating func append(milliseconds nanoseconds: Int) {
        let microseconds = max(0, nanoseconds) / 1_000
        append(microseconds / 1_000)
        append(UInt8(ascii: "."))
        append(microseconds % 1_000, digits: 3)
    }

    package mutating func append(hexadecimal number: UInt64) {
        reserve(16)
        let memory = unsafe UnsafeMutableRawPointer(base + count)
        unsafe memory.storeBytes(
            of: TradewindDomain.hexadecimal(UInt32(truncatingIfNeeded: number >> 32)), as: UInt64.self)
        unsafe memory.storeBytes(
            of: TradewindDomain.hexadecimal(UInt32(truncatingIfNeeded: number)), toByteOffset: 8, as: UInt64.self)
        count &+= 16
    }

    mutating func append(hexadecimal number: UInt64, digits: Int) {
        for digit in (0..<digits).reversed() {
            let nibble = UInt8(truncatingIfNeeded: number >> (4 * UInt64(digit)) & 15)
            append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }

    /// The form 8-4-4-4-12: written as 32 digits, then moved apart from the end.
    mutating func append(uuid high: UInt64, _ low: UInt64) {
        reserve(36)
        let start = count
        append(hexadecimal: high)
        append(hexadecimal: low)
        for (from, to, length) in [(20, 24, 12), (16, 19, 4), (12, 14, 4), (8, 9, 4)] {
            unsafe (base + start + to).update(from: base + start + from, count: length)
            unsafe base[start + to - 1] = UInt8(ascii: "-")
        }
        count = start &+ 36
    }

    // MARK: Time

    /// `2026-11-21T09:30:00.123456Z`. All but the fraction is made once a second.
    package mutating func append(time microseconds: Int64) {
        let (now, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if now != second { setSecond(now) }
        reserve(28)
        for index in 0..<20 { unsafe base[count &+ index] = secondText[index] }
        count &+= 20
        append(Int(fraction.magnitude), digits: 6)
        append(UInt8(ascii: "Z"))
    }

    /// `09:30:00.123`, for people.
    package mutating func append(clock microseconds: Int64) {
        let (now, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if now != second { setSecond(now) }
        for index in 11..<20 { append(secondText[index]) }
        append(Int(fraction.magnitude) / 1_000, digits: 3)
    }

    private mutating func setSecond(_ now: Int64) {
        second = now
        let text = Timestamp(microseconds: now * 1_000_000).description.utf8
        for (index, byte) in text.prefix(19).enumerated() { secondText[index] = byte }
        secondText[19] = UInt8(ascii: ".")
    }
}
