/// A text that has been checked, and its index. Containers of Codable are places in it.
///
/// Safety: offsets and extents in the index come from the scanner, so they lie within the text. The text is valid
/// while `read` runs; whoever keeps a decoder beyond that finds the document on a copy of its own (`outlive`).
@safe final class Document {
    private(set) var text: UnsafePointer<UInt8>
    let count: Int
    private let tape: UnsafeMutablePointer<UInt64>
    private var copy: UnsafeMutablePointer<UInt8>?

    /// Where the member after the one that was read last stands, and in which object: types mostly ask in the order
    /// of the text, so the next name asked for is usually found at the first try.
    private var hintObject = -1
    private var hint = 0
    /// The innermost value whose type threw an error of its own.
    var refusedNode: Int?
    /// How many bytes may still be walked to answer `codingPath`, which a type may ask for as often as it likes.
    var pathBudget: Int

    private init(text: UnsafePointer<UInt8>, count: Int, tape: UnsafeMutablePointer<UInt64>) {
        unsafe self.text = unsafe text
        unsafe self.tape = unsafe tape
        self.count = count
        pathBudget = 16 * count
    }

    deinit {
        unsafe tape.deallocate()
        unsafe copy?.deallocate()
    }

    /// Scans the text and passes the document to `body`. Whatever either throws leaves as `JSONError`.
    static func read<Value>(
        _ text: Span<UInt8>, limits: JSONLimits, _ body: (Document) throws -> Value
    ) throws(JSONError) -> Value {
        guard text.count <= limits.size else {
            throw .malformed(JSONFault(TextFault(code: .size, offset: 0), in: text))
        }
        return try unsafe text.withUnsafeBufferPointer { bytes throws(JSONError) in
            guard let base = bytes.baseAddress else {
                throw .malformed(JSONFault(TextFault(code: .end, offset: 0), in: text))
            }
            var scanner = unsafe Scanner(text: base, count: bytes.count, depthLimit: limits.depth)
            do throws(TextFault) {
                try scanner.scan()
            } catch {
                unsafe scanner.tape.deallocate()
                throw .malformed(JSONFault(error, in: text))
            }
            var document = unsafe Document(text: base, count: bytes.count, tape: scanner.tape)
            defer { if !isKnownUniquelyReferenced(&document) { document.outlive() } }
            do {
                return try body(document)
            } catch {
                throw document.explain(error)
            }
        }
    }

    private func outlive() {
        let own = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        unsafe own.update(from: text, count: count)
        unsafe (copy, text) = (own, UnsafePointer(own))
    }

    // MARK: Places

    @inline(__always) func token(_ node: Int) -> Token { unsafe Token(word: tape[node]) }

    /// How many elements or members the array or object has.
    @inline(__always) func size(of container: Int) -> Int { unsafe Int(truncatingIfNeeded: tape[container + 1]) }

    @inline(__always) func next(after node: Int) -> Int {
        let token = token(node)
        return token.isContainer ? token.extent : node + 1
    }

    @inline(__always) func isNull(_ node: Int) -> Bool { token(node).isA(.null) }

    /// The value of the member with this name, which then counts as read.
    func take(_ name: String, of object: Int) -> Int? {
        guard let value = member(name, of: object) else { return nil }
        advance(object, past: value)
        return value
    }

    /// The value of the member with this name.
    func member(_ name: String, of object: Int) -> Int? {
        var name = name
        return name.withUTF8 { unsafe member($0, of: object) }
    }

    /// Says that the member with this value has been read.
    @inline(__always)
    func advance(_ object: Int, past value: Int) {
        hintObject = object
        hint = next(after: value)
    }

    @inline(__always)
    private func member(_ name: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
        let end = token(object).extent
        let start = hintObject == object ? hint : object + 2
        return unsafe search(name, from: start, to: end) ?? search(name, from: object + 2, to: start)
    }

    @inline(__always)
    private func search(_ name: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var place = start
        while place < end {
            let token = token(place)
            if token.isA(.escaped) {
                if unsafe unescaped(token).elementsEqual(name) { return place + 1 }
            } else if token.extent == name.count, let base = name.baseAddress,
                unsafe equalBytes(text + token.offset, base, count: token.extent)
            {
                return place + 1
            }
            place = next(after: place + 1)
        }
        return nil
    }

    @inline(never)
    private func unescaped(_ token: Token) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: token.extent) { room, count in
            count = unsafe unescape(text + token.offset, count: token.extent, into: room)
        }
    }

    func names(of object: Int) -> [String] {
        var names: [String] = []
        names.reserveCapacity(size(of: object))
        var place = object + 2
        while place < token(object).extent {
            names.append(string(token(place)))
            place = next(after: place + 1)
        }
        return names
    }

    // MARK: Texts

    func withText<Value>(_ body: (Span<UInt8>) -> Value) -> Value {
        unsafe body(UnsafeBufferPointer(start: text, count: count).span)
    }

    /// The content of a string, or the spelling of a number: the scanner has checked that it is UTF-8.
    @inline(__always)
    func string(_ token: Token) -> String {
        if token.isA(.escaped) { return unescapedString(token) }
        let utf8 = unsafe UTF8Span(
            unchecked: UnsafeBufferPointer(start: text + token.offset, count: token.extent).span,
            isKnownASCII: !token.isA(.unicode))
        return String(copying: utf8)
    }

    @inline(never)
    private func unescapedString(_ token: Token) -> String {
        unsafe String(unsafeUninitializedCapacity: token.extent) { room in
            unsafe unescape(text + token.offset, count: token.extent, into: room)
        }
    }

    /// The bytes of a scalar as they stand in the text.
    @inline(__always)
    func withText<Value>(of token: Token, _ body: (Span<UInt8>) -> Value) -> Value {
        unsafe body(UnsafeBufferPointer(start: text + token.offset, count: token.extent).span)
    }
}
