/// Strings and numbers. Each function starts at the first byte of its value and ends behind the last.
extension Scanner {
    @inline(__always)
    mutating func string() throws(TextFault) -> Token {
        let start = at + 1
        at = plainEnd(from: start)
        guard at < end, byte == UInt8(ascii: "\"") else { return try stringSlowly(start) }
        at += 1
        return Token(.ascii, offset: start, extent: at - 1 - start)
    }

    /// Goes on where the first byte stands that is not plain.
    @inline(never)
    private mutating func stringSlowly(_ start: Int) throws(TextFault) -> Token {
        var kind = Token.Kind.ascii
        while true {
            guard at < end else { throw fault(.end) }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return Token(kind, offset: start, extent: at - 1 - start)
            case UInt8(ascii: "\\"):
                kind = .escaped
                try escape()
            case 0x80...:
                if kind == .ascii { kind = .unicode }
                try sequence()
            case ..<0x20: throw fault(.control)
            default: at = plainEnd(from: at)
            }
        }
    }

    /// The first byte that is a quote, a backslash, a control character or beyond ASCII, eight bytes at a time.
    /// Subtracting borrows from the next byte, so bits above the lowest one that is set may be false: only that one is
    /// used.
    @inline(__always)
    private func plainEnd(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at + 8 <= end {
            let word = unsafe UInt64(littleEndian: UnsafeRawPointer(text + at).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let stops =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word | word)
                & (ones &* 0x80)
            if stops != 0 { return at + stops.trailingZeroBitCount &>> 3 }
            at += 8
        }
        while at < end {
            let byte = unsafe text[at]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            at += 1
        }
        return at
    }

    private mutating func escape() throws(TextFault) {
        guard at + 1 < end else { at = end; throw fault(.end) }
        switch unsafe text[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            // RFC 8259 §8.2 leaves lone surrogates open; no Swift string can hold one.
            if 0xDC00...0xDFFF ~= unit { throw fault(.surrogate) }
            at += 6
            guard 0xD800...0xDBFF ~= unit else { return }
            guard at + 1 < end, byte == UInt8(ascii: "\\"), unsafe text[at + 1] == UInt8(ascii: "u"),
                0xDC00...0xDFFF ~= (try codeUnit())
            else {
                at -= 6
                throw fault(.surrogate)
            }
            at += 6
        default: throw fault(.escape)
        }
    }

    /// The four hexadecimal digits of the `\u` at `at`.
    private func codeUnit() throws(TextFault) -> UInt16 {
        guard at + 6 <= end else { throw TextFault(code: .end, offset: end) }
        var unit: UInt16 = 0
        for index in at + 2..<at + 6 {
            guard let digit = unsafe hexadecimalValue(text[index]) else { throw fault(.escape) }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// A well-formed UTF-8 sequence beyond ASCII, after table 3-7 of the Unicode standard.
    private mutating func sequence() throws(TextFault) {
        let (length, second): (Int, ClosedRange<UInt8>)
        switch byte {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw fault(.encoding)
        }
        guard at + length <= end, unsafe second ~= text[at + 1] else { throw fault(.encoding) }
        for index in at + 2..<at + length {
            guard unsafe text[index] & 0xC0 == 0x80 else { throw fault(.encoding) }
        }
        at += length
    }

    @inline(__always)
    mutating func number() throws(TextFault) -> Token {
        let start = at
        if byte == UInt8(ascii: "-") { at += 1 }
        let first = at
        try digits()
        // RFC 8259 §6: no leading zeros.
        if at - first > 1, unsafe text[first] == UInt8(ascii: "0") {
            at = first
            throw fault(.number)
        }
        guard at < end, byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") else {
            return Token(.integer, offset: start, extent: at - start)
        }
        if byte == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if at < end, byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        return Token(.decimal, offset: start, extent: at - start)
    }

    @inline(__always)
    private mutating func digits() throws(TextFault) {
        var at = at
        while at < end, unsafe text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
        if at == self.at { throw fault(at < end ? .number : .end) }
        self.at = at
    }
}

func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
