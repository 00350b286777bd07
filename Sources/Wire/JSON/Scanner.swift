/// Checks a text against RFC 8259 in one pass and leaves its index. Nothing here recurses, so depth is just a number.
///
/// Safety: `text` is valid for `end` bytes while the scanner is used (`Document.read` holds it), and each read stands
/// behind a comparison with `end`. `reserve` runs before the at most four words that one step writes to `tape`.
@safe struct Scanner {
    let text: UnsafePointer<UInt8>
    let end: Int
    let depthLimit: Int
    var at = 0

    /// Given and taken back by whoever made the scanner, also when it throws; it may have grown.
    private(set) var tape: UnsafeMutablePointer<UInt64>
    private(set) var capacity: Int
    private(set) var tapeEnd = 0
    /// The innermost open array or object: its place in the index, what it is, its elements so far.
    private var open = -1
    private var isObject = false
    private var count = 0
    private var depth = 0

    init(
        text: UnsafePointer<UInt8>, count: Int, depthLimit: Int, tape: UnsafeMutablePointer<UInt64>, capacity: Int
    ) {
        unsafe self.text = unsafe text
        end = count
        self.depthLimit = depthLimit
        unsafe self.tape = unsafe tape
        self.capacity = capacity
    }

    mutating func scan() throws(TextFault) {
        skipSpace()
        repeat {
            try value()
            while open >= 0, try !startNext() {}
        } while open >= 0
        skipSpace()
        if at < end { throw fault(.trailing) }
    }

    /// What stands before the next value in the innermost array or object; false when it ends instead.
    @inline(__always)
    private mutating func startNext() throws(TextFault) -> Bool {
        reserve()
        skipSpace()
        guard at < end else { throw fault(.end) }
        if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            try close()
            return false
        }
        if count > 0 {
            guard byte == UInt8(ascii: ",") else { throw fault(.syntax) }
            at += 1
            skipSpace()
        }
        if isObject { try name() }
        count += 1
        return true
    }

    @inline(__always)
    private mutating func name() throws(TextFault) {
        guard at < end else { throw fault(.end) }
        guard byte == UInt8(ascii: "\"") else { throw fault(.syntax) }
        append(try string())
        skipSpace()
        guard at < end else { throw fault(.end) }
        guard byte == UInt8(ascii: ":") else { throw fault(.syntax) }
        at += 1
        skipSpace()
    }

    @inline(__always)
    private mutating func value() throws(TextFault) {
        guard at < end else { throw fault(.end) }
        switch byte {
        case UInt8(ascii: "\""): append(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): append(try number())
        case UInt8(ascii: "{"): try enter(.object)
        case UInt8(ascii: "["): try enter(.array)
        case UInt8(ascii: "t"): try word("true", .bool)
        case UInt8(ascii: "f"): try word("false", .bool)
        case UInt8(ascii: "n"): try word("null", .null)
        default: throw fault(.syntax)
        }
    }

    @inline(__always)
    private mutating func enter(_ kind: Token.Kind) throws(TextFault) {
        guard depth < depthLimit else { throw fault(.depth) }
        depth += 1
        if open >= 0 { unsafe tape[open + 1] = UInt64(truncatingIfNeeded: count) }
        let place = tapeEnd
        // The place of the outer one is kept plus one, so that "none" is 0.
        append(Token(kind, offset: at, extent: open + 1))
        append(Token(word: 0))
        (open, isObject, count) = (place, kind == .object, 0)
        at += 1
    }

    @inline(__always)
    private mutating func close() throws(TextFault) {
        let token = unsafe Token(word: tape[open])
        unsafe tape[open] = token.extended(to: tapeEnd).word
        unsafe tape[open + 1] = UInt64(truncatingIfNeeded: count)
        if isObject && count > 1, let twice = repeatedName(in: open, count: count) {
            throw TextFault(code: .duplicate, offset: unsafe Token(word: tape[twice]).offset - 1)
        }
        at += 1
        depth -= 1
        open = token.extent - 1
        guard open >= 0 else { return }
        count = unsafe Int(truncatingIfNeeded: tape[open + 1])
        isObject = unsafe Token(word: tape[open]).isA(.object)
    }

    private mutating func word(_ word: StaticString, _ kind: Token.Kind) throws(TextFault) {
        let start = at
        for index in 0..<word.utf8CodeUnitCount {
            guard at < end else { throw fault(.end) }
            guard unsafe byte == word.utf8Start[index] else { throw fault(.syntax) }
            at += 1
        }
        append(Token(kind, offset: start, extent: at - start))
    }

    // MARK: The text and the index

    /// Only asked for after `at < end`.
    @inline(__always) var byte: UInt8 { unsafe text[at] }

    @inline(__always)
    private mutating func skipSpace() {
        while at < end, byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    func fault(_ code: JSONFault.Code) -> TextFault { TextFault(code: code, offset: at) }

    @inline(__always)
    private mutating func append(_ token: Token) {
        unsafe tape[tapeEnd] = token.word
        tapeEnd += 1
    }

    @inline(__always)
    private mutating func reserve() {
        if tapeEnd + 4 > capacity { grow() }
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
        unsafe larger.update(from: tape, count: tapeEnd)
        unsafe tape.deallocate()
        unsafe tape = larger
        capacity *= 2
    }
}
