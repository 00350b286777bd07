/// A text that has been checked, and its index. Containers of Codable are places in it.
///
/// Safety: offsets and extents in the index come from the scanner, so they lie within the text, which is valid while
/// `read` runs. Handles that outlive it find another `generation` and touch neither (see `Workspace`).
@safe struct Document {
    @safe struct State {
        fileprivate var text: UnsafePointer<UInt8>?
        fileprivate var count = 0
        fileprivate var tape: UnsafeMutablePointer<UInt64>
        fileprivate var capacity: Int
        /// Where the member after the one that was read last stands, and in which object: types mostly ask in the
        /// order of the text, so the next name asked for is usually found at the first try.
        fileprivate var hintObject = -1
        fileprivate var hint = 0
        /// The innermost value whose type threw an error of its own.
        fileprivate(set) var refusedNode: Int?
        /// How many bytes may still be walked to answer `codingPath`, which a type may ask for as often as it likes.
        fileprivate(set) var pathBudget = 0
        fileprivate var generation: UInt32 = 0
        fileprivate var next: UnsafeMutablePointer<State>?
    }

    private let state: UnsafeMutablePointer<State>

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
            let document = Document.take()
            defer { document.giveBack() }
            do throws(TextFault) {
                try unsafe document.scan(base, count: bytes.count, depthLimit: limits.depth)
            } catch {
                throw .malformed(JSONFault(error, in: text))
            }
            do {
                return try body(document)
            } catch {
                throw document.explain(error)
            }
        }
    }

    private func scan(_ text: UnsafePointer<UInt8>, count: Int, depthLimit: Int) throws(TextFault) {
        var scanner = unsafe Scanner(
            text: text, count: count, depthLimit: depthLimit, tape: state.pointee.tape, capacity: state.pointee.capacity
        )
        defer { unsafe (state.pointee.tape, state.pointee.capacity) = (scanner.tape, scanner.capacity) }
        try scanner.scan()
        unsafe (state.pointee.text, state.pointee.count) = (text, count)
        unsafe (state.pointee.hintObject, state.pointee.refusedNode) = (-1, nil)
        unsafe state.pointee.pathBudget = 16 * count
    }

    // MARK: The state

    private static func take() -> Document {
        let workspace = unsafe Workspace.current
        guard let free = unsafe workspace.pointee.documents else {
            let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
            unsafe state.initialize(to: State(tape: .allocate(capacity: 256), capacity: 256))
            return unsafe Document(state: state)
        }
        unsafe workspace.pointee.documents = unsafe free.pointee.next
        return unsafe Document(state: free)
    }

    private func giveBack() {
        unsafe state.pointee.generation &+= 1
        unsafe state.pointee.text = nil
        if unsafe state.pointee.capacity * 8 > Workspace.largestBuffer {
            unsafe state.pointee.tape.deallocate()
            unsafe (state.pointee.tape, state.pointee.capacity) = (.allocate(capacity: 256), 256)
        }
        let workspace = unsafe Workspace.current
        unsafe state.pointee.next = unsafe workspace.pointee.documents
        unsafe workspace.pointee.documents = unsafe state
    }

    @inline(__always) var generation: UInt32 { unsafe state.pointee.generation }
    var count: Int { unsafe state.pointee.count }
    var refusedNode: Int? {
        get { unsafe state.pointee.refusedNode }
        nonmutating set { unsafe state.pointee.refusedNode = newValue }
    }
    var pathBudget: Int {
        get { unsafe state.pointee.pathBudget }
        nonmutating set { unsafe state.pointee.pathBudget = newValue }
    }
    /// Only asked for while the document is open.
    @inline(__always) var text: UnsafePointer<UInt8> { unsafe state.pointee.text.unsafelyUnwrapped }

    // MARK: Places

    @inline(__always) func token(_ node: Int) -> Token { unsafe Token(word: state.pointee.tape[node]) }

    /// How many elements or members the array or object has.
    @inline(__always) func size(of container: Int) -> Int {
        unsafe Int(truncatingIfNeeded: state.pointee.tape[container + 1])
    }

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
        unsafe state.pointee.hintObject = object
        unsafe state.pointee.hint = next(after: value)
    }

    @inline(__always)
    private func member(_ name: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
        let end = token(object).extent
        let start = unsafe state.pointee.hintObject == object ? state.pointee.hint : object + 2
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
