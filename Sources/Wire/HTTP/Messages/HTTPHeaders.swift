/// Header fields of a message to be sent: an ordered list in which a name may come several times. Kept as the very
/// lines that will be sent, so that sending them is one copy; a list of names and values took three times as long.
///
/// No value can end its line: CR, LF, NUL and other control bytes become spaces when a value is put in, as RFC 9110
/// §5.5 allows, so that text from users can neither split a response nor fail one.
package struct HTTPHeaders: Sendable, Hashable {
    /// `Name: value\r\n`, and again.
    private(set) var lines: [UInt8] = []
    /// Which known names occur, so that most questions are answered without looking at the lines.
    private var known = KnownHeaderSet()

    package init() {}

    package init(_ received: ReceivedHeaders) {
        lines.reserveCapacity(received.byteCount)
        for (name, value) in received { add(name, value) }
    }

    /// Received fields for a message that is sent on, less those that `drops` names. Names get our spelling, values
    /// keep their bytes.
    package init(forwarding received: ReceivedHeaders, dropping drops: HeaderNames) {
        lines.reserveCapacity(received.byteCount)
        let (storage, named) = (received.storage, received.namedByConnection)
        for index in 0..<received.count {
            let field = storage.field(index)
            if drops.contains(field, of: storage) || named?.contains(field, of: storage) == true { continue }
            if let header = field.known {
                lines.append(contentsOf: header.rawValue.utf8)
                known.insert(header)
            } else {
                storage.withBytes(field.name) { for index in $0.indices { lines.append($0[index].lowercased) } }
            }
            lines.append(.colon)
            lines.append(.space)
            storage.withBytes(field.value) { unsafe $0.withUnsafeBufferPointer { unsafe lines.append(contentsOf: $0) } }
            lines.append(.carriageReturn)
            lines.append(.lineFeed)
        }
    }

    package var isEmpty: Bool { lines.isEmpty }

    /// How many bytes the field lines take.
    package var byteCount: Int { lines.count }

    package mutating func reserveCapacity(_ bytes: Int) { lines.reserveCapacity(bytes) }

    package mutating func add(_ name: HeaderName, _ value: String) {
        add(name) { $0.append(contentsOf: value.utf8) }
    }

    /// With a value in parts, which need not be joined first.
    package mutating func add(_ name: HeaderName, joining parts: String...) {
        add(name) { lines in
            for part in parts { lines.append(contentsOf: part.utf8) }
        }
    }

    @inline(__always)
    private mutating func add(_ name: HeaderName, _ write: (inout [UInt8]) -> Void) {
        lines.append(contentsOf: name.spelling.utf8)
        lines.append(.colon)
        lines.append(.space)
        let start = lines.count
        write(&lines)
        clean(start..<lines.count)
        lines.append(.carriageReturn)
        lines.append(.lineFeed)
        if let header = name.known { known.insert(header) }
    }

    package mutating func add(contentsOf others: HTTPHeaders) {
        lines.append(contentsOf: others.lines)
        known.formUnion(others.known)
    }

    /// The first value of the name. Setting replaces all fields of the name by one, nil removes them.
    package subscript(_ name: HeaderName) -> String? {
        get { firstLine(of: name, from: 0).map { String(decoding: lines[$0.value], as: UTF8.self) } }
        set {
            guard let newValue else { return remove(name) }
            guard let first = firstLine(of: name, from: 0) else { return add(name, newValue) }
            lines.replaceSubrange(first.value, with: newValue.utf8)
            let value = first.value.lowerBound..<first.value.lowerBound + newValue.utf8.count
            clean(value)
            removeLines(of: name, from: value.upperBound + 2)
        }
    }

    package func contains(_ name: HeaderName) -> Bool {
        if let header = name.known { return known.contains(header) }
        return firstLine(of: name, from: 0) != nil
    }

    /// False when none of the names is here.
    package func mayContain(_ names: HeaderNames) -> Bool { names.overlaps(known) }

    /// The fields as they are sent, each behind the end of the line before it.
    package func withLines(_ body: (Span<UInt8>) -> Void) {
        guard !lines.isEmpty else { return }
        body(lines.span.extracting(first: lines.count - 2))
    }

    package func all(_ name: HeaderName) -> [String] {
        var values: [String] = []
        var start = 0
        while let line = firstLine(of: name, from: start) {
            values.append(String(decoding: lines[line.value], as: UTF8.self))
            start = line.end
        }
        return values
    }

    package mutating func remove(_ name: HeaderName) {
        removeLines(of: name, from: 0)
        if let header = name.known { known.remove(header) }
    }

    package mutating func remove(_ names: HeaderNames) {
        guard names.overlaps(known) else { return }
        for (name, _) in self where names.contains(name) { remove(name) }
    }

    private mutating func removeLines(of name: HeaderName, from start: Int) {
        while let line = firstLine(of: name, from: start) { lines.removeSubrange(line.start..<line.end) }
    }

    private mutating func clean(_ value: Range<Int>) {
        let isClean = lines.span.firstControl(from: value.lowerBound, to: value.upperBound) == value.upperBound
        if isClean { return }
        for index in value { lines[index] = lines[index].withoutControl }
    }
}

extension HTTPHeaders {
    /// Where a field stands in the lines.
    struct Line {
        let start: Int
        let name: Range<Int>, value: Range<Int>
        var end: Int { value.upperBound + 2 }
    }

    /// The line that begins at `start`. Every line there is was written by `add`.
    func line(at start: Int) -> Line? {
        guard start < lines.count else { return nil }
        let bytes = lines.span
        let colon = bytes.firstIndex(of: .colon, from: start, to: lines.count)
        let end = bytes.firstIndex(of: .carriageReturn, from: colon, to: lines.count)
        return Line(start: start, name: start..<colon, value: colon + 2..<end)
    }

    private func firstLine(of name: HeaderName, from start: Int) -> Line? {
        if let header = name.known, !known.contains(header) { return nil }
        let spelling = name.spelling
        var next = start
        while let line = line(at: next) {
            if line.name.count == spelling.utf8.count, lines[line.name].elementsEqual(spelling.utf8) { return line }
            next = line.end
        }
        return nil
    }
}

extension HTTPHeaders: Sequence {
    package struct Iterator: IteratorProtocol {
        let headers: HTTPHeaders
        var start = 0

        package mutating func next() -> (name: HeaderName, value: String)? {
            guard let line = headers.line(at: start) else { return nil }
            start = line.end
            let known = KnownHeaderTable.find(headers.lines.span, in: line.name)
            let name = HeaderName(headers.lines.span, in: line.name, known: known)
            return (name, String(decoding: headers.lines[line.value], as: UTF8.self))
        }
    }

    package func makeIterator() -> Iterator { Iterator(headers: self) }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (HeaderName, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}

/// A bit for each known header.
struct KnownHeaderSet: Hashable {
    private var low: UInt64 = 0, high: UInt64 = 0

    mutating func insert(_ header: KnownHeader) {
        if header.index < 64 { low |= 1 << UInt64(header.index) } else { high |= 1 << UInt64(header.index - 64) }
    }

    mutating func remove(_ header: KnownHeader) {
        if header.index < 64 { low &= ~(1 << UInt64(header.index)) } else { high &= ~(1 << UInt64(header.index - 64)) }
    }

    mutating func formUnion(_ other: KnownHeaderSet) { (low, high) = (low | other.low, high | other.high) }

    func overlaps(_ other: KnownHeaderSet) -> Bool { low & other.low != 0 || high & other.high != 0 }

    func contains(_ header: KnownHeader) -> Bool {
        header.index < 64 ? low >> UInt64(header.index) & 1 == 1 : high >> UInt64(header.index - 64) & 1 == 1
    }
}
