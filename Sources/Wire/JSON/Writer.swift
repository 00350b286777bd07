/// Writes one value of a type. A value's encoder and its containers are handles on the `level` that was current when
/// they were made; whatever they write is appended to the output at once, commas being told from its last byte.
///
/// Only what Codable lets a type fill later (nested containers and super encoders) needs a writer of its own, whose
/// text is put into its place at the end.
///
/// Safety: states are never deallocated, and ids of levels never come twice in a state, so a handle that outlives its
/// level finds another id and touches nothing (see `Workspace`).
@safe struct Writer {
    /// What `encode(to:)` of one value has opened so far.
    struct Level {
        enum Form { case nothing, value, object, array }
        let id: Int
        var form = Form.nothing
        var depth: Int
    }

    /// A place in the output that another writer fills.
    struct Slot {
        let offset: Int
        let writer: Writer
    }

    @safe struct State {
        fileprivate var output = Output()
        fileprivate var level = Level(id: -1, depth: 0)
        fileprivate var lastID = 0
        fileprivate var rootID = 0
        fileprivate var depthLimit = 0
        fileprivate var slots: [Slot] = []
        /// A container was asked for where none can be; `container(keyedBy:)` cannot throw, so `finish` does.
        fileprivate var isMisused = false
        /// Where a type's own `encode(to:)` threw.
        fileprivate var refusal: (offset: Int, path: Path)?
        /// The writer that has a slot for this one, and where.
        fileprivate var parent: Slot?
        fileprivate var next: UnsafeMutablePointer<State>?
    }

    fileprivate let state: UnsafeMutablePointer<State>

    /// The text of a value, passed to `body` where it was written.
    static func write<T: Encodable>(
        _ value: T, limits: JSONLimits, _ body: (borrowing Output) -> Void
    ) throws(JSONError) {
        let writer = Writer.take(depthLimit: limits.depth, depth: 0)
        defer { writer.giveBack() }
        do {
            unsafe writer.state.pointee.level.form = .value
            try writer.encode(value, undoingTo: 0)
            try writer.finish()
        } catch {
            throw writer.explain(error)
        }
        body(writer.output)
    }

    var output: Output {
        @inline(__always) get { unsafe state.pointee.output }
        @inline(__always) nonmutating _modify { yield unsafe &state.pointee.output }
    }

    var parent: Slot? { unsafe state.pointee.parent }
    var refusal: (offset: Int, path: Path)? {
        get { unsafe state.pointee.refusal }
        nonmutating set { unsafe state.pointee.refusal = newValue }
    }

    /// The value at the end of the output. When it fails, the output is cut back to `mark`, so that a type which
    /// catches the error and goes on still writes JSON.
    func encode<T: Encodable>(_ value: T, undoingTo mark: Int) throws {
        // Safety: each cast is from the type that `T` was found to be.
        if T.self == String.self { return output.appendString(unsafe unsafeBitCast(value, to: String.self)) }
        if T.self == ExactDecimal.self { return output.append(unsafe unsafeBitCast(value, to: ExactDecimal.self)) }
        if T.self == JSONValue.self { return output.append(unsafe unsafeBitCast(value, to: JSONValue.self)) }
        let (outer, start) = unsafe (state.pointee.level, output.count)
        let id = enter(depth: outer.depth)
        defer { unsafe state.pointee.level = outer }
        do {
            try value.encode(to: ValueEncoder(writer: self, level: id))
            try close()
        } catch {
            note(start)
            undo(to: mark)
            throw error
        }
    }

    private func enter(depth: Int) -> Int {
        let id = unsafe state.pointee.lastID &+ 1
        unsafe state.pointee.lastID = id
        unsafe state.pointee.level = Level(id: id, depth: depth)
        return id
    }

    private func close() throws {
        let level = unsafe state.pointee.level
        // An array or object without elements has not asked yet.
        guard unsafe level.depth <= state.pointee.depthLimit else { throw refusedElement(level.id) }
        switch level.form {
        case .nothing: output.append("{}")
        case .value: break
        case .object: output.append(UInt8(ascii: "}"))
        case .array: output.append(UInt8(ascii: "]"))
        }
    }

    func undo(to mark: Int) {
        output.truncate(to: mark)
        while let slot = unsafe state.pointee.slots.last, slot.offset >= mark {
            unsafe state.pointee.slots.removeLast()
            slot.writer.giveBack()
        }
    }

    /// Closes what is open and puts the texts of the slots into their places.
    private func finish() throws {
        try close()
        guard unsafe !state.pointee.isMisused else {
            throw fault(self, .value, "is written through a container that cannot be written to")
        }
        guard unsafe !state.pointee.slots.isEmpty else { return }
        let text = output
        output = Output(capacity: text.count * 2)
        defer { text.deallocate() }
        var done = 0
        for slot in unsafe state.pointee.slots {
            try slot.writer.finish()
            output.append(text, from: done, to: slot.offset)
            output.append(slot.writer.output, from: 0, to: slot.writer.output.count)
            done = slot.offset + 1
        }
        output.append(text, from: done, to: text.count)
    }

    // MARK: The state

    private static func take(depthLimit: Int, depth: Int) -> Writer {
        let workspace = unsafe Workspace.current
        let state: UnsafeMutablePointer<State>
        if let free = unsafe workspace.pointee.writers {
            unsafe workspace.pointee.writers = unsafe free.pointee.next
            unsafe state = unsafe free
        } else {
            unsafe state = .allocate(capacity: 1)
            unsafe state.initialize(to: State())
        }
        unsafe state.pointee.depthLimit = depthLimit
        let writer = unsafe Writer(state: state)
        unsafe state.pointee.rootID = writer.enter(depth: depth)
        return writer
    }

    private func giveBack() {
        undo(to: 0)
        unsafe state.pointee.level = Level(id: -1, depth: 0)
        unsafe (state.pointee.isMisused, state.pointee.refusal, state.pointee.parent) = (false, nil, nil)
        if output.capacity > Workspace.largestBuffer {
            output.deallocate()
            output = Output()
        }
        let workspace = unsafe Workspace.current
        unsafe state.pointee.next = unsafe workspace.pointee.writers
        unsafe workspace.pointee.writers = unsafe state
    }
}

// MARK: What the handles call

extension Writer {
    /// Starts the array or object of a level, or goes on with it: classes that inherit share their container.
    func open(_ form: Level.Form, _ id: Int) -> Bool {
        let level = unsafe state.pointee.level
        guard level.id == id, level.form == .nothing || level.form == form else {
            unsafe state.pointee.isMisused = true
            return false
        }
        if level.form == .nothing {
            output.append(form == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
            unsafe (state.pointee.level.form, state.pointee.level.depth) = (form, level.depth + 1)
        }
        return true
    }

    /// Comma, name and colon. Gives the mark to cut back to.
    @inline(__always)
    func startMember(_ name: String, _ id: Int) throws -> Int {
        let mark = try startElement(id)
        output.appendString(name)
        output.append(UInt8(ascii: ":"))
        return mark
    }

    @inline(__always)
    func startElement(_ id: Int) throws -> Int {
        let level = unsafe state.pointee.level
        guard level.id == id, unsafe level.depth <= state.pointee.depthLimit else { throw refusedElement(id) }
        let mark = output.count
        let last = output.last
        if last != UInt8(ascii: "{") && last != UInt8(ascii: "[") { output.append(UInt8(ascii: ",")) }
        return mark
    }

    /// The path of a level, as long as it is the current one.
    func codingPath(of id: Int) -> [any CodingKey] {
        let level = unsafe state.pointee.level
        guard level.id == id else { return [] }
        let isOpen = level.form == .object || level.form == .array
        return (isOpen ? path.container : path).codingPath
    }

    func startSingle(_ id: Int) throws {
        let level = unsafe state.pointee.level
        guard level.id == id, level.form == .nothing else { throw refusedElement(id) }
        unsafe state.pointee.level.form = .value
    }

    func undoSingle() { unsafe state.pointee.level.form = .nothing }

    @inline(never)
    private func refusedElement(_ id: Int) -> EncodingError {
        let level = unsafe state.pointee.level
        return unsafe level.id == id && level.depth > state.pointee.depthLimit
            ? fault(self, .depth, "is nested too deeply")
            : fault(self, .value, "is written through a container that cannot be written to")
    }

    /// A place in the output that is filled when the type likes.
    func slot() -> ValueEncoder {
        let writer = unsafe Writer.take(depthLimit: state.pointee.depthLimit, depth: state.pointee.level.depth)
        unsafe writer.state.pointee.parent = Slot(offset: output.count, writer: self)
        unsafe state.pointee.slots.append(Slot(offset: output.count, writer: writer))
        // Never seen: it keeps the next element from taking itself for the first.
        output.append(UInt8(ascii: "?"))
        return ValueEncoder(writer: writer, level: unsafe writer.state.pointee.rootID)
    }

    /// A slot that goes nowhere, for a container that may not be written to.
    func lostSlot() -> ValueEncoder {
        unsafe state.pointee.isMisused = true
        return ValueEncoder(writer: self, level: 0)
    }
}
