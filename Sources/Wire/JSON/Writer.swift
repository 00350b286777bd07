/// Writes one value of a type. A value's encoder and its containers are handles on the `level` that was current when
/// they were made; whatever they write is appended to the output at once, commas being told from its last byte.
///
/// Only what Codable lets a type fill later (nested containers and super encoders) needs a writer of its own, whose
/// text is put into its place at the end.
@safe final class Writer: Output {
    /// What `encode(to:)` of one value has opened so far.
    struct Level {
        enum Form { case nothing, value, object, array }
        let id: Int
        var form = Form.nothing
        var depth: Int
    }

    private struct Slot {
        let offset: Int
        let writer: Writer
    }

    private let limits: JSONLimits
    private var level: Level
    private var lastID = 1
    private var slots: [Slot] = []
    /// A container was asked for where none can be; `container(keyedBy:)` cannot throw, so `finish` does.
    private var isMisused = false
    /// Where a type's own `encode(to:)` threw.
    private var refusal: (offset: Int, path: Path)?
    /// The one that has a slot for this, and the path to the slot.
    private weak var parent: Writer?
    private var parentOffset = 0

    init(limits: JSONLimits, depth: Int = 0) {
        self.limits = limits
        level = Level(id: 1, depth: depth)
        super.init()
    }

    var root: ValueEncoder { ValueEncoder(writer: self, level: 1) }

    func encode<T: Encodable>(_ value: T) throws {
        level.form = .value
        try encode(value, undoingTo: 0)
    }

    /// The value at the end of the output. When it fails, that is cut back to `mark`, so that a type which
    /// catches the error and goes on still writes JSON.
    func encode<T: Encodable>(_ value: T, undoingTo mark: Int) throws {
        // Safety: each cast is from the type that `T` was found to be.
        if T.self == String.self { return appendString(unsafe unsafeBitCast(value, to: String.self)) }
        if T.self == ExactDecimal.self { return append(unsafe unsafeBitCast(value, to: ExactDecimal.self)) }
        if T.self == JSONValue.self { return append(unsafe unsafeBitCast(value, to: JSONValue.self)) }
        let (outer, start) = (level, count)
        lastID += 1
        level = Level(id: lastID, depth: outer.depth)
        defer { level = outer }
        do {
            try value.encode(to: ValueEncoder(writer: self, level: lastID))
            close()
        } catch {
            note(start)
            undo(to: mark)
            throw error
        }
    }

    private func close() {
        switch level.form {
        case .nothing: append("{}")
        case .value: break
        case .object: append(UInt8(ascii: "}"))
        case .array: append(UInt8(ascii: "]"))
        }
    }

    private func undo(to mark: Int) {
        truncate(to: mark)
        while let slot = slots.last, slot.offset >= mark { slots.removeLast() }
    }

    /// Closes what is open and puts the texts of the slots into their places.
    func finish() throws {
        close()
        guard !isMisused else { throw fault(self, .value, "is written through a container that cannot be written to") }
        guard !slots.isEmpty else { return }
        let whole = Output(capacity: count * 2)
        var done = 0
        for slot in slots {
            try slot.writer.finish()
            whole.append(self, from: done, to: slot.offset)
            whole.append(slot.writer, from: 0, to: slot.writer.count)
            done = slot.offset + 1
        }
        whole.append(self, from: done, to: count)
        swapText(with: whole)
    }
}

// MARK: What the handles call

extension Writer {
    /// Starts the array or object of a level, or goes on with it: classes that inherit share their container.
    func open(_ form: Level.Form, _ id: Int) -> Bool {
        guard level.id == id, level.form == .nothing || level.form == form else {
            isMisused = true
            return false
        }
        if level.form == .nothing {
            append(form == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
            level.form = form
            level.depth += 1
        }
        return true
    }

    /// Comma, name and colon. Gives the mark to cut back to.
    @inline(__always)
    func startMember(_ name: String, _ id: Int) throws -> Int {
        let mark = try startElement(id)
        appendString(name)
        append(UInt8(ascii: ":"))
        return mark
    }

    @inline(__always)
    func startElement(_ id: Int) throws -> Int {
        guard level.id == id, level.depth <= limits.depth else { throw refusedElement(id) }
        let mark = count
        let last = last
        if last != UInt8(ascii: "{") && last != UInt8(ascii: "[") { append(UInt8(ascii: ",")) }
        return mark
    }

    func startSingle(_ id: Int) throws {
        guard level.id == id, level.form == .nothing else { throw refusedElement(id) }
        level.form = .value
    }

    func undoSingle() { level.form = .nothing }

    @inline(never)
    private func refusedElement(_ id: Int) -> EncodingError {
        level.id == id && level.depth > limits.depth
            ? fault(self, .depth, "is nested too deeply")
            : fault(self, .value, "is written through a container that cannot be written to")
    }

    /// A place in the output that is filled when the type likes.
    func slot() -> ValueEncoder {
        let writer = Writer(limits: limits, depth: level.depth)
        (writer.parent, writer.parentOffset) = (self, count)
        slots.append(Slot(offset: count, writer: writer))
        // Never seen: it keeps the next element from taking itself for the first.
        append(UInt8(ascii: "?"))
        return writer.root
    }

    /// A slot that goes nowhere, for a container that may not be written to.
    func lostSlot() -> ValueEncoder {
        isMisused = true
        return Writer(limits: limits).root
    }

    // MARK: Faults

    func fault(_ value: Any, _ code: JSONFault.Code, _ message: String) -> EncodingError {
        let context = EncodingError.Context(
            codingPath: path.codingPath, debugDescription: message, underlyingError: WriteFault(code: code))
        return .invalidValue(value, context)
    }

    /// The error first, because its path is read off what is then cut away.
    func notFinite(_ value: Any, undoingTo mark: Int) -> EncodingError {
        defer { undo(to: mark) }
        return fault(value, .value, "must be a finite number")
    }

    var path: Path { path(at: count) }

    private func path(at offset: Int) -> Path {
        var path = unsafe Path(after: base, count: offset)
        if let parent { path.steps = parent.path(at: parentOffset).steps + path.steps }
        return path
    }

    private func note(_ offset: Int) {
        // An error on its way out of an inner value has been noted there.
        if let refusal, refusal.offset >= offset { return }
        refusal = (offset, path(at: offset))
    }

    func explain(_ error: any Error) -> JSONError {
        guard case EncodingError.invalidValue(_, let context)? = error as? EncodingError else {
            let path = refusal?.path.description ?? ""
            return .refused(
                JSONFault(path: path, code: .value, message: "cannot be written", line: 0, column: 0), by: error)
        }
        let code = (context.underlyingError as? WriteFault)?.code ?? .value
        let path = Path(context.codingPath).description
        return .unwritable(JSONFault(path: path, code: code, message: context.debugDescription, line: 0, column: 0))
    }
}

struct WriteFault: Error {
    let code: JSONFault.Code
}
